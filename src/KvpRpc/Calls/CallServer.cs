using KvpRpc.Links;
using KvpRpc.Resilience;
using Microsoft.Extensions.Logging;

namespace KvpRpc.Calls;

/// <summary>Takes the peer's calls from one link after the other, as many at once as the options allow.</summary>
internal sealed class CallServer(
    IKvpLinkSource links, CallTable table, ServiceTable services, RpcPeerOptions options, CancellationToken stopping)
{
    private int _running;

    internal CallTable Table => table;

    internal ServiceTable Services => services;

    internal RpcPeerOptions Options => options;

    internal RpcPeerIdentity Peer => links.Peer;

    internal ILogger Logger => options.Logger;

    internal CancellationToken Stopping => stopping;

    /// <summary>Gets what is kept of answers.</summary>
    internal AnswerWindow Answers { get; } = new(options.Dedupe);

    internal Pool<PooledBuffer> Buffers { get; } = new(max: 64);

    /// <summary>Accepts calls until this side stops, or no link can open any more.</summary>
    internal async Task RunAsync()
    {
        try
        {
            while (true)
            {
                KvpLink link = await links.GetLinkAsync(stopping).ConfigureAwait(false);
                Log.Accepting(options.Logger);
                while (await link.AcceptStreamAsync(stopping).ConfigureAwait(false) is { } stream)
                    await AcceptAsync(link, stream).ConfigureAwait(false);

                // The source may need a moment to see that its link has ended.
                if (ReferenceEquals(link, links.CurrentLink))
                    await Task.Delay(CallClient.LinkRetryDelay, options.TimeProvider, stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            Log.AcceptingStopped(options.Logger, exception);
        }
    }

    /// <summary>A call has ended: another may come in its place.</summary>
    internal void Leave() => Interlocked.Decrement(ref _running);

    private async ValueTask AcceptAsync(KvpLink link, KvpLinkStream stream)
    {
        if (Interlocked.Increment(ref _running) > options.MaxConcurrentCalls)
        {
            Leave();
            Log.CallRefused(options.Logger, options.MaxConcurrentCalls);
            stream.Reset((uint)CallResetCode.Refused);
            await stream.DisposeAsync().ConfigureAwait(false);
            return;
        }

        int maxResponseBytes = Math.Min(link.MaxMessageBytes, options.MaxMessageBytes);
        InboundCall call = new(this, stream, maxResponseBytes, table.Now);
        ThreadPool.UnsafeQueueUserWorkItem(call, preferLocal: false);
    }
}
