import java.util.LinkedList;

/** A list that is reached from both ends. */
class LinkedHistory {
    static final Editor EDITOR = new Editor();
    static class Editor { final LinkedList<Change> history = new LinkedList<>(); }
    static class Change { final String text; Change(int n) { text = "change " + n; } }

    static void leak(int n) { EDITOR.history.add(new Change(n)); }
    static void healthy(int n) {
        EDITOR.history.add(new Change(n));
        if (EDITOR.history.size() > 20) EDITOR.history.removeFirst();
    }
}
