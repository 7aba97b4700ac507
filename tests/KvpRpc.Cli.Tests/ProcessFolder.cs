using System.Diagnostics;
using System.Globalization;

namespace KvpRpc.Cli.Tests;

/// <summary>What Linux tells about processes in <c>/proc</c>.</summary>
internal static class ProcessFolder
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    internal static List<int> ChildrenOf(int parent) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id) ? id : 0)
            .Where(id => id > 0 && Read(id).Parent == parent),
    ];

    /// <summary>Says whether a process runs; one that has ended and that nobody has reaped does not.</summary>
    internal static bool IsRunning(int id) => Read(id).State is not ('\0' or 'Z' or 'X');

    internal static async Task UntilEndedAsync(int id)
    {
        using CancellationTokenSource timeout =
            CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(Limit);
        using PeriodicTimer beat = new(TimeSpan.FromMilliseconds(20));
        while (IsRunning(id))
            await beat.WaitForNextTickAsync(timeout.Token);
    }

    /// <summary>Waits for the first child of a process and kills it.</summary>
    internal static async Task KillFirstChildAsync(int parent)
    {
        using CancellationTokenSource timeout =
            CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(Limit);
        using PeriodicTimer beat = new(TimeSpan.FromMilliseconds(5));
        List<int> children = ChildrenOf(parent);
        for (; children.Count == 0; children = ChildrenOf(parent))
            await beat.WaitForNextTickAsync(timeout.Token);
        using Process child = Process.GetProcessById(children[0]);
        child.Kill();
    }

    private static (char State, int Parent) Read(int id)
    {
        try
        {
            // The name in parentheses may hold anything; what follows the last one is the state and the parent.
            string text = File.ReadAllText($"/proc/{id}/stat");
            string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return default;
        }
    }
}
