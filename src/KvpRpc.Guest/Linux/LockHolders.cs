using System.Globalization;

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
            string target = Path.GetFullPath(path);
            foreach (string folder in Directory.EnumerateDirectories("/proc"))
            {
                if (holders.Count < MaxNamed
                    && int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int process)
                    && Holds(folder, target))
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

    private static bool Holds(string process, string target)
    {
        try
        {
            foreach (string descriptor in Directory.EnumerateFiles(Path.Combine(process, "fd")))
            {
                if (new FileInfo(descriptor).LinkTarget != target)
                    continue;
                string info = Path.Combine(process, "fdinfo", Path.GetFileName(descriptor));
                if (File.ReadAllText(info).Contains("lock:", StringComparison.Ordinal))
                    return true;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The process ended meanwhile, or is not ours to look at.
        }

        return false;
    }
}
