import java.util.ArrayList;
import java.util.List;

class InstanceList {
    static final Ledger LEDGER = new Ledger();
    static class Ledger { final List<Posting> postings = new ArrayList<>(); }
    static class Posting { final long amount; final String text; Posting(int n) { amount = n; text = "posting " + n; } }

    static void leak(int n) { LEDGER.postings.add(new Posting(n)); }
    static void healthy(int n) {
        LEDGER.postings.add(new Posting(n));
        if (LEDGER.postings.size() > 8) LEDGER.postings.clear();
    }
}
