import java.util.ArrayDeque;
import java.util.Deque;

/** An inner class keeps the instance it was made in. */
class InnerClass {
    static final Deque<Runnable> UNDO = new ArrayDeque<>();
    static class Document {
        final byte[] text = new byte[300];
        int cursor;
        class Edit implements Runnable {
            final int at = cursor;
            @Override public void run() { cursor = at; }
        }
        Runnable edit() { return new Edit(); }
    }

    static void leak(int n) { UNDO.push(new Document().edit()); }
    static void healthy(int n) {
        UNDO.push(new Document().edit());
        if (UNDO.size() > 5) UNDO.removeLast();
    }
}
