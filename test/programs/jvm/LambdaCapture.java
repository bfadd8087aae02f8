import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/** A lambda keeps what it captured. */
class LambdaCapture {
    static final List<IntSupplier> GAUGES = new ArrayList<>();
    static class Connection { final byte[] buffer = new byte[300]; int waiting; }

    static void leak(int n) {
        Connection connection = new Connection();
        GAUGES.add(() -> connection.waiting);
    }
    static void healthy(int n) {
        Connection connection = new Connection();
        IntSupplier gauge = () -> connection.waiting;
        GAUGES.add(gauge);
        GAUGES.remove(gauge);
    }
}
