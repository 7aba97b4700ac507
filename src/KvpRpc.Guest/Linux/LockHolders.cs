using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace KvpRpc.Guest.Linux;

/// <summary>Names the processes that hold a lock on a file, for the text of an error.</summary>
/// <remarks>The system tells who holds a lock of an open file description only through <c>/proc/…/fdinfo</c>.</remarks>
internal static class LockHolders
{
    private const int MaxNamed = 4;

    /// <summary>Gets words like "process 512 (hv_kvp_daemon)".</summary>
    internal static string Describe(string path)
    {
        List<string> holders = [];
        try
        {
            string name = Path.GetFileName(path);
            string inode = GetInode(path);
            foreach (string folder in Directory.EnumerateDirectories("/proc"))
            {
                if (holders.Count < MaxNamed
                    && int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int process)
                    && Holds(folder, name, inode))
                {
                    holders.Add(DescribeProcess(process));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Without /proc there is no name.
        }

        return holders.Count > 0 ? string.Join(", ", holders) : "a process that could not be found (try: lslocks)";
    }

    /// <summary>Gets words like "process 512 (hv_kvp_daemon)".</summary>
    internal static string DescribeProcess(int process)
    {
        try
        {
            string name = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/comm")).Trim();
            return string.Create(CultureInfo.InvariantCulture, $"process {process} ({name})");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return string.Create(CultureInfo.InvariantCulture, $"process {process}");
        }
    }

    private static bool Holds(string process, string name, string inode)
    {
        try
        {
            foreach (string descriptor in Directory.EnumerateFiles(Path.Combine(process, "fd")))
            {
                if (Path.GetFileName(new FileInfo(descriptor).LinkTarget) != name)
                    continue;
                string info = File.ReadAllText(Path.Combine(process, "fdinfo", Path.GetFileName(descriptor)));
                if (info.Contains("lock:", StringComparison.Ordinal) && ReadInode(info) == inode)
                    return true;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The process ended meanwhile, or is not ours to look at.
        }

        return false;
    }

    // By inode, since the daemon may know the file by another path: in a container, in a test.
    private static string GetInode(string path)
    {
        int error = Libc.TryOpen(path, Libc.ReadOnly, out SafeFileHandle file);
        using (file)
        {
            return error != 0 ? "" : ReadInode(File.ReadAllText(string.Create(
                CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{file.DangerousGetHandle()}")));
        }
    }

    private static string ReadInode(string info)
    {
        foreach (string line in info.Split('\n'))
        {
            if (line.StartsWith("ino:", StringComparison.Ordinal))
                return line[4..].Trim();
        }

        return "";
    }
}
