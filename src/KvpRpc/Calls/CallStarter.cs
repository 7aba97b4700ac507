using System.Runtime.ExceptionServices;
using KvpRpc.Generated;
using KvpRpc.Links;
using KvpRpc.Resilience;
using MessagePack;

namespace KvpRpc.Calls;

/// <summary>Begins and ends the calls of one client, whatever their shape.</summary>
internal sealed class CallStarter(CallClient client, CallSettings settings)
{
    internal CallSettings Settings => settings;

    internal CallClient Client => client;

    /// <summary>Gets what reads the responses.</summary>
    internal ResponseReader Reader { get; } = new(client, settings);

    /// <summary>Gets how calls are made more than once.</summary>
    internal ClientResilience Resilience { get; } =
        new(client.Resilience, settings.Pipeline, settings.Hedging);

    /// <summary>Begins a call. One from inside a handler ends with the time that is left to that handler.</summary>
    internal OutboundCall Begin(
        RpcMethod method, CancellationToken cancellationToken, CancellationToken enumerationToken = default)
    {
        settings.Response?.Begin();
        InboundCall? cause = RpcContext.CurrentCall;
        TimeSpan timeLimit = settings.TimeLimit;
        if (cause?.TimeLeft is { } left && (left < timeLimit || timeLimit == Timeout.InfiniteTimeSpan))
            timeLimit = left;
        OutboundCall call = client.Begin(timeLimit, cause, cancellationToken, enumerationToken);
        call.Measurement = CallMeasurement.BeginClient(
            method.FullName, cause, client.Links.Peer, client.Options.TimeProvider);
        return call;
    }

    /// <summary>Opens the stream of a call, as soon as there is a link, with the request ready in the call's
    /// buffer.</summary>
    internal ValueTask<KvpLinkStream> OpenAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, OutboundCall call)
    {
        KvpLinkStream? stream = TryOpen(method, request, call, client.Links.CurrentLink);
        return stream is not null ? new(stream) : OpenAfterWaitAsync(method, request, call);
    }

    /// <summary>Gives back what a call held.</summary>
    internal void End(OutboundCall call)
    {
        settings.Response?.HandleNoHeaders();
        call.Measurement?.End();
        client.Finish(call);
    }

    /// <summary>Takes note of how an attempt failed, and gets what its caller is to see.</summary>
    internal Exception Fail(
        Exception exception,
        RpcMethod method,
        OutboundCall call,
        KvpLinkStream? stream,
        OutboundArguments? arguments = null)
    {
        CallAttempts attempts = call.Attempts ??= new(client, method, call);
        if (call.Whole == call && stream is not null && attempts.Sent == 0)
            attempts.HandleSent();
        if (arguments?.AreSeen == true)
            attempts.Commit();
        Exception error = Translate(exception, method, call, stream, arguments);
        attempts.HandleFailure(error, stream);
        return error;
    }

    /// <summary>Gets the error of a call that ended before its time.</summary>
    internal Exception TranslateEnd(OutboundCall call, string method, bool wasOpened) => call.End switch
    {
        CallEnd.Cancelled => new OperationCanceledException(call.CancelledToken),
        CallEnd.DeadlinePassed => CallErrors.DeadlinePassed(method, call.TimeLimit, wasOpened, client.Links.Obstacle),
        _ => CallErrors.Closing(method, wasOpened),
    };

    /// <summary>Gets what the caller is to see, and tells the peer if it may still be at work.</summary>
    private Exception Translate(
        Exception exception,
        RpcMethod method,
        OutboundCall call,
        KvpLinkStream? stream,
        OutboundArguments? arguments)
    {
        bool wasOpened = stream is not null;
        OutboundCall ended = call.Whole.End != CallEnd.None ? call.Whole : call;
        if (exception is OperationCanceledException or KvpLinkException && ended.End != CallEnd.None)
        {
            stream?.Reset((uint)OutboundCall.GetResetCode(ended.End));
            Log.CallGivenUp(client.Logger, method.FullName, ended.End);
            return TranslateEnd(ended, method.FullName, wasOpened);
        }

        if (arguments?.Failure is { } failure)
        {
            // The caller's own source or listener threw: that is what it is to see, as it was thrown.
            stream?.Reset((uint)CallResetCode.Cancelled);
            Log.ArgumentThrew(client.Logger, failure, method.FullName);
            ExceptionDispatchInfo.Throw(failure);
        }

        stream?.Reset((uint)CallResetCode.Internal);
        RpcException error = exception switch
        {
            RpcException known => known,
            KvpLinkException lost => CallErrors.LinkFailed(method.FullName, wasOpened, lost),
            _ => new(StatusCode.Internal, $"{method.FullName} failed on this side.", innerException: exception),
        };
        Log.CallFailed(client.Logger, method.FullName, error.StatusCode, error.Message);
        return error;
    }

    private async ValueTask<KvpLinkStream> OpenAfterWaitAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, OutboundCall call)
    {
        while (true)
        {
            KvpLink link = await client.Links.GetLinkAsync(call.Token).ConfigureAwait(false);
            if (TryOpen(method, request, call, link) is { } stream)
                return stream;

            // The source may need a moment to see that its link has ended.
            await Task.Delay(CallClient.LinkRetryDelay, client.Options.TimeProvider, call.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Opens the stream of a call on a link; null: the link has ended.</summary>
    private KvpLinkStream? TryOpen<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, OutboundCall call, KvpLink? link)
    {
        if (link is null || link.Ended.IsCancellationRequested)
            return null;
        call.Token.ThrowIfCancellationRequested();
        call.Link = link;
        call.IsCompressing = settings.Compression != RpcCompression.None && client.TakesCompressed(link);
        WriteRequest(method, request, call, Math.Min(link.MaxMessageBytes, client.Options.MaxMessageBytes));
        try
        {
            KvpLinkStream stream = link.OpenStream(method.FullName, settings.Priority);
            call.Attempts?.HandleSent();
            return stream;
        }
        catch (KvpLinkException)
        {
            // It ended just now and nothing was sent: the next link will do.
            return null;
        }
    }

    private void WriteRequest<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, OutboundCall call, int maxBytes)
    {
        if (settings.Metadata.Length > client.Options.MaxMetadataBytes)
            throw CallErrors.RequestMetadataTooLarge(method.FullName, client.Options.MaxMetadataBytes);
        call.Buffer.Clear();
        call.Buffer.MaxBytes = maxBytes;
        try
        {
            WriteHeader(call);
            MessagePackWriter writer = new(call.Buffer);
            method.Request.Write(ref writer, in request);
            writer.Flush();
            if (call.IsCompressing)
                MessageCompression.TryCompress(call.Buffer);
        }
        catch (Exception exception)
        {
            throw exception.GetBaseException() is MessageTooLargeException
                ? CallErrors.RequestTooLarge(method.FullName, maxBytes)
                : CallErrors.ArgumentsUnwritable(method.FullName, exception);
        }
    }

    private void WriteHeader(OutboundCall call)
    {
        Span<byte> traceParent = stackalloc byte[CallHeader.TraceParentBytes];
        TraceContext trace = TraceContext.GetCurrent(call.Cause, traceParent);
        CallHeader header = new()
        {
            DeadlineMilliseconds = GetMillisecondsLeft(call),
            PreviousAttempts = settings.PreviousAttempts + (call.Attempts?.Sent ?? 0),
            FirstAttempt = call.Attempts?.First,
            IdempotencyId = settings.IdempotencyId.Span,
            TraceParent = trace.Parent,
            TraceState = trace.State,
            Metadata = settings.Metadata.Span,
            Listening = call.Listening,
            Compression = settings.Compression == RpcCompression.Brotli ? MessageCompression.Brotli : 0,
        };
        header.Write(call.Buffer);
    }

    private uint? GetMillisecondsLeft(OutboundCall call)
    {
        if (call.Deadline == TimeSpan.MaxValue)
            return null;
        double left = Math.Ceiling((call.Deadline - client.Table.Now).TotalMilliseconds);
        return (uint)Math.Clamp(left, 0, CallHeader.MaxDeadlineMilliseconds);
    }
}
