import java.util.ArrayList;
import java.util.List;

class FailuresKept {
    static final List<Exception> FAILURES = new ArrayList<>();
    static class Message { final byte[] payload = new byte[250]; }
    static class DeliveryException extends Exception {
        final Message message;
        DeliveryException(int n, Message message) { super("delivery " + n); this.message = message; }
    }

    static void leak(int n) { FAILURES.add(new DeliveryException(n, new Message())); }
    static void healthy(int n) {
        FAILURES.add(new DeliveryException(n, new Message()));
        if (FAILURES.size() > 5) FAILURES.clear();
    }
}
