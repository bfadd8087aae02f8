import java.util.Map;
import java.util.WeakHashMap;

/** A WeakHashMap whose values refer to their keys never forgets. */
class WeakKeyHeld {
    static final Map<Widget, Details> DETAILS = new WeakHashMap<>();
    static class Widget { final int[] size = new int[4]; }
    static class Details { final Widget owner; final byte[] text = new byte[100]; Details(Widget owner) { this.owner = owner; } }

    static void leak(int n) {
        Widget widget = new Widget();
        DETAILS.put(widget, new Details(widget));
    }
    static void healthy(int n) { DETAILS.put(new Widget(), new Details(null)); }
}
