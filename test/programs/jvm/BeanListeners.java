import java.beans.PropertyChangeListener;
import java.beans.PropertyChangeSupport;

class BeanListeners {
    static final Account ACCOUNT = new Account();
    static class Account {
        final PropertyChangeSupport changes = new PropertyChangeSupport(this);
    }
    static class BalanceView {
        final char[] text = new char[100];
        final PropertyChangeListener listener = (change) -> text[0] = 'x';
    }

    static void leak(int n) { ACCOUNT.changes.addPropertyChangeListener(new BalanceView().listener); }
    static void healthy(int n) {
        BalanceView view = new BalanceView();
        ACCOUNT.changes.addPropertyChangeListener(view.listener);
        ACCOUNT.changes.removePropertyChangeListener(view.listener);
    }
}
