import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

class UnboundedCache {
    static final Prices PRICES = new Prices();
    static class Prices {
        final ConcurrentHashMap<String, Quote> cache = new ConcurrentHashMap<>();
        final Map<String, Quote> bounded = new LinkedHashMap<>(16, 0.75f, true) {
            @Override protected boolean removeEldestEntry(Map.Entry<String, Quote> eldest) { return size() > 100; }
        };
    }
    static class Quote { final String symbol; final double[] prices = new double[12]; Quote(String symbol) { this.symbol = symbol; } }

    static void leak(int n) { PRICES.cache.computeIfAbsent("symbol-" + n, Quote::new); }
    static void healthy(int n) { PRICES.bounded.computeIfAbsent("symbol-" + n, Quote::new); }
}
