import java.io.File;

/** The path of every such file is kept until the process ends, also when the file is long gone. */
class DeleteOnExit {
    static void leak(int n) { new File("/nowhere/upload-" + n + ".tmp").deleteOnExit(); }
    static void healthy(int n) { new File("/nowhere/upload-" + n + ".tmp").delete(); }
}
