using KvpRpc.Links;
using KvpRpc.Resilience;
using Microsoft.Extensions.Logging;

namespace KvpRpc.Calls;

/// <summary>Takes the peer's calls from one link after the other, as many at once as the options allow.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Reliability", "CA1001:Types that own disposable fields should be disposable",
    Justification = "A source without timer or wait handle holds nothing, and handlers may outlive the server.")]
internal sealed class CallServer(
    IKvpLinkSource links, CallTable table, ServiceTable services, RpcPeerOptions options, CancellationToken stopping)
{
    private readonly CancellationTokenSource _draining = new();
    private int _running;

    internal CallTable Table => table;

    internal ServiceTable Services => services;

    internal RpcPeerOptions Options => options;

    internal RpcPeerIdentity Peer => links.Peer;

    internal ILogger Logger => options.Logger;

    internal CancellationToken Stopping => stopping;

    /// <summary>Gets the token that tells handlers that this side begins to stop.</summary>
    internal CancellationToken Draining => _draining.Token;

    /// <summary>Gets what runs a call through the interceptors; null: there are none.</summary>
    internal Func<RpcContext, ValueTask<object?>>? Interceptors { get; } =
        Interception.Create(options.ServerInterceptors);
    /// <summary>Gets what is kept of answers.</summary>
    internal AnswerWindow Answers { get; } = new(options.Dedupe);

    internal Pool<PooledBuffer> Buffers { get; } = new(max: 64);

    internal Pool<CallRunner> Runners { get; } = new(max: 64);

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

    /// <summary>Runs no more calls of the peer, and tells the handlers of those that run. Repeated calls do
    /// nothing.</summary>
    internal async Task BeginDrainAsync()
    {
        try
        {
            await _draining.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException exception)
        {
            // Code of the application that waits for the token.
            Log.StoppingCallbackThrew(options.Logger, exception);
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
        Runners.Rent().Start(call);
    }
}
