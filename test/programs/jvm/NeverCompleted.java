import java.util.concurrent.CompletableFuture;

/** Stages that wait for a future nobody completes. */
class NeverCompleted {
    static final CompletableFuture<String> CONNECTED = new CompletableFuture<>();
    static class Request { final byte[] body = new byte[150]; String answer(String to) { return to + body.length; } }

    static void leak(int n) {
        Request request = new Request();
        CONNECTED.thenApply(request::answer);
    }
    static void healthy(int n) {
        Request request = new Request();
        CompletableFuture<String> own = new CompletableFuture<>();
        own.thenApply(request::answer);
        own.complete("x");
    }
}
