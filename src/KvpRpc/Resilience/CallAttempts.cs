using KvpRpc.Calls;
using KvpRpc.Generated;
using KvpRpc.Links;
using Microsoft.Extensions.Logging;

namespace KvpRpc.Resilience;

/// <summary>What the attempts at one call of this side have come to, and whether another may follow.</summary>
/// <remarks>Made when the first attempt has failed, or before it where a pipeline sees every call. Safe to call from
/// any thread: hedged attempts run at the same time.</remarks>
internal sealed class CallAttempts(CallClient client, RpcMethod method, OutboundCall call)
{
    private readonly Lock _gate = new();
    private KvpStreamId? _first;
    private RpcException? _lastError;
    private int _sent;
    private bool _mayHaveRun;
    private bool _isCommitted;

    internal RpcMethod Method => method;

    internal ILogger Logger => client.Logger;

    /// <summary>Gets how often the call was sent.</summary>
    internal uint Sent => (uint)Volatile.Read(ref _sent);

    /// <summary>Gets or sets whether attempts run at the same time: none then stands for another.</summary>
    internal bool AreHedged { get; set; }

    /// <summary>Gets the first attempt whose answer the peer may hold; null: there is none.</summary>
    internal KvpStreamId? First
    {
        get
        {
            lock (_gate)
                return AreHedged ? null : _first;
        }
    }

    internal bool MayHaveRun
    {
        get
        {
            lock (_gate)
                return _mayHaveRun;
        }
    }

    /// <summary>Gets how the last attempt failed; null: none has.</summary>
    internal RpcException? LastError
    {
        get
        {
            lock (_gate)
                return _lastError;
        }
    }

    internal void HandleSent() => Interlocked.Increment(ref _sent);

    /// <summary>Takes note that the caller, or its sources, have seen something of an attempt: no other may
    /// follow.</summary>
    internal void Commit()
    {
        lock (_gate)
            _isCommitted = true;
    }

    /// <summary>Takes note of how an attempt failed.</summary>
    internal void HandleFailure(Exception exception, KvpLinkStream? stream)
    {
        lock (_gate)
        {
            RpcException? error = exception as RpcException;
            _lastError = error ?? _lastError;
            if (stream is null || error is { CertainlyNotRun: true })
                return;
            _mayHaveRun = true;

            // A peer that has answered holds nothing back: the next attempt shall run.
            _first = RpcResilience.IsLinkFailure(error) ? _first ?? stream.Id : null;
        }
    }

    /// <summary>Says whether another attempt may follow one that has failed so.</summary>
    internal bool CanRetry(RpcException error)
    {
        lock (_gate)
        {
            if (_isCommitted || call.End != CallEnd.None || IsFinal(error))
                return false;
            if (!method.IsIdempotent && (!error.CertainlyNotRun || _mayHaveRun))
                return false;
        }

        return error.StatusCode == StatusCode.Unavailable
            || (error.StatusCode == StatusCode.ResourceExhausted && error.RetryAfter is not null);
    }

    /// <summary>Gets the error that says what is true of all attempts.</summary>
    internal RpcException Conclude(RpcException error) =>
        !error.CertainlyNotRun || !MayHaveRun
            ? error
            : new(
                error.StatusCode, $"{error.Message} An earlier attempt may have run.", innerException: error)
            {
                RetryAfter = error.RetryAfter,
                Details = error.Details,
                Trailers = error.Trailers,
            };

    private bool IsFinal(RpcException error)
    {
        // Waiting for another link does not help.
        if (error.InnerException is KvpLinkException
            { Error: KvpLinkError.Closed or KvpLinkError.VersionMismatch or KvpLinkError.Refused })
        {
            return true;
        }

        if (error.RetryAfter is not { } delay)
            return false;
        return delay < TimeSpan.Zero
            || (call.Deadline != TimeSpan.MaxValue && delay >= call.Deadline - client.Table.Now);
    }
}
