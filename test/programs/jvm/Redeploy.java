import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Each redeploy makes a class loader; a registry outside it keeps one object of the application, and so all of it. */
class Redeploy {
    static final List<Driver> DRIVERS = new ArrayList<>();
    public interface Driver {}
    public static class AppDriver implements Driver { static final byte[] CONFIGURATION = new byte[500]; }
    static class AppLoader extends ClassLoader {
        AppLoader() { super(Redeploy.class.getClassLoader()); }
        @Override protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals("Redeploy$AppDriver")) return super.loadClass(name, resolve);
            try (InputStream file = Redeploy.class.getResourceAsStream("Redeploy$AppDriver.class")) {
                byte[] bytes = file.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (java.io.IOException failed) {
                throw new ClassNotFoundException(name, failed);
            }
        }
    }

    static void leak(int n) throws Exception { DRIVERS.add((Driver) new AppLoader().loadClass("Redeploy$AppDriver").getDeclaredConstructor().newInstance()); }
    static void healthy(int n) throws Exception {
        Driver driver = (Driver) new AppLoader().loadClass("Redeploy$AppDriver").getDeclaredConstructor().newInstance();
        DRIVERS.add(driver);
        DRIVERS.remove(driver);
    }
}
