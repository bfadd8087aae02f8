import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

class Listeners {
    static final Bus BUS = new Bus();
    interface PriceListener { void changed(double price); }
    static class Bus {
        private final List<PriceListener> listeners = new CopyOnWriteArrayList<>();
        void addListener(PriceListener listener) { listeners.add(listener); }
        void removeListener(PriceListener listener) { listeners.remove(listener); }
    }
    static class Ticker implements PriceListener {
        final double[] history = new double[30];
        @Override public void changed(double price) { history[0] = price; }
    }

    static void leak(int n) { BUS.addListener(new Ticker()); }
    static void healthy(int n) {
        Ticker ticker = new Ticker();
        BUS.addListener(ticker);
        BUS.removeListener(ticker);
    }
}
