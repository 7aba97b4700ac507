using System.Threading.Channels;
using KvpRpc.Guest;
using KvpRpc.Guest.Linux;

namespace KvpRpc.Cli.Trace;

/// <summary>Watches both tables of the Linux guest that this process runs in. It only reads: it takes no channel and
/// writes nothing.</summary>
internal sealed class GuestWatch(string folder, TimeProvider time)
{
    // Only what reads both tables faster than a terminal shows them needs it; then the reads wait.
    private const int MaxWaiting = 1024;

    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Gives each change as it is seen, beginning with what is there.</summary>
    /// <param name="take">Takes them one at a time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="KvpRpc.Transports.KvpTransportException">A table cannot be read.</exception>
    internal async Task RunAsync(Func<TraceEntry, Task> take, CancellationToken cancellationToken)
    {
        LinuxGuestTransport.CheckPlatform();
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Channel<TraceEntry> changes = Channel.CreateBounded<TraceEntry>(MaxWaiting);
        Task[] watches =
        [
            WatchAsync(PoolNumber.FromHost, TraceEntry.Host, changes.Writer, end.Token),
            WatchAsync(PoolNumber.FromGuest, TraceEntry.Guest, changes.Writer, end.Token),
        ];
        try
        {
            await foreach (TraceEntry change in changes.Reader.ReadAllAsync(cancellationToken))
                await take(change);
        }
        finally
        {
            // The failure of one, which the reader has thrown, ends the other.
            await end.CancelAsync();
            await Task.WhenAll(watches).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WatchAsync(
        PoolNumber pool, string table, ChannelWriter<TraceEntry> changes, CancellationToken cancellationToken)
    {
        try
        {
            string path = Path.Combine(Path.GetFullPath(folder), $".kvp_pool_{(int)pool}");
            using PoolWatch watch = new(path, time);
            TableSnapshot snapshot = new(table);
            while (true)
            {
                watch.BeginRead();
                using (PoolFile file =
                    await PoolFile.OpenAsync(path, PoolAccess.Read, LockTimeout, time, cancellationToken))
                using (PoolImage image = PoolImage.Read(file))
                    PoolReader.Visit(image, hiddenPrefix: [], snapshot);
                foreach (TraceEntry change in snapshot.EndRead(time.GetUtcNow()))
                    await changes.WriteAsync(change, cancellationToken);
                await watch.WaitAsync(cancellationToken);
            }
        }
        catch (Exception exception)
        {
            changes.TryComplete(exception);
            throw;
        }
    }
}
