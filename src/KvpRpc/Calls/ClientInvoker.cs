using KvpRpc.Generated;
using KvpRpc.Links;
using MessagePack;

namespace KvpRpc.Calls;

/// <summary>Makes the calls of one generated client, with that client's options.</summary>
internal sealed class ClientInvoker(CallClient client, RpcClientOptions options) : RpcInvoker
{
    private readonly TimeSpan _timeLimit = options.Deadline ?? client.Options.DefaultDeadline;

    internal ClientInvoker With(RpcCallOptions callOptions) => new(client, callOptions.ApplyTo(options));

    public override Task<TResponse> InvokeUnaryAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(method);
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<TResponse>(cancellationToken)
            : RunUnaryAsync(method, request, cancellationToken);
    }

    public override Task InvokeOneWayAsync<TRequest>(
        RpcMethod<TRequest, RpcUnit> method,
        TRequest request,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(method);
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled(cancellationToken)
            : RunOneWayAsync(method, request, cancellationToken);
    }

    public override IAsyncEnumerable<TItem> InvokeServerStream<TRequest, TItem>(
        RpcMethod<TRequest, TItem> method, TRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public override Task<TResponse> InvokeClientStreamAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        RpcStreamArgument[] arguments,
        CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public override IAsyncEnumerable<TItem> InvokeDuplex<TRequest, TItem>(
        RpcMethod<TRequest, TItem> method,
        TRequest request,
        RpcStreamArgument[] arguments,
        CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private async Task<TResponse> RunUnaryAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        CancellationToken cancellationToken)
    {
        OutboundCall call = client.Begin(_timeLimit, cancellationToken);
        KvpLinkStream? stream = null;
        try
        {
            stream = TryOpen(method, request, call, client.Links.CurrentLink)
                ?? await OpenAfterWaitAsync(method, request, call).ConfigureAwait(false);
            await stream.SendAsync(call.Buffer.WrittenMemory, endOfStream: true, call.Token).ConfigureAwait(false);
            call.Buffer.Release();
            while (true)
            {
                using KvpLinkMessage message = await stream.ReceiveAsync(call.Token).ConfigureAwait(false);
                if (ResponseReader.TryRead(method, message, client.Options.MaxMessageBytes, out TResponse? response))
                    return response;
            }
        }
        catch (Exception exception)
        {
            throw Translate(exception, method, call, stream);
        }
        finally
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
            client.Finish(call);
        }
    }

    private async Task RunOneWayAsync<TRequest>(
        RpcMethod<TRequest, RpcUnit> method,
        TRequest request,
        CancellationToken cancellationToken)
    {
        OutboundCall call = client.Begin(_timeLimit, cancellationToken);
        KvpLinkStream? stream = null;
        bool isSent = false;
        try
        {
            stream = TryOpen(method, request, call, client.Links.CurrentLink)
                ?? await OpenAfterWaitAsync(method, request, call).ConfigureAwait(false);
            await stream.SendAsync(call.Buffer.WrittenMemory, endOfStream: true, call.Token).ConfigureAwait(false);
            isSent = true;
        }
        catch (Exception exception)
        {
            throw Translate(exception, method, call, stream);
        }
        finally
        {
            if (!isSent)
                await EndAsync(call, stream).ConfigureAwait(false);
        }

        // The peer closes its direction when it takes the call; until then the stream stays, but nobody waits.
        call.LeaveCaller();
        _ = AwaitCloseAsync(method, call, stream);
    }

    private async Task AwaitCloseAsync(RpcMethod method, OutboundCall call, KvpLinkStream stream)
    {
        try
        {
            using KvpLinkMessage message = await stream.ReceiveAsync(call.Token).ConfigureAwait(false);
            if (message.HasContent)
                ResponseReader.ThrowIfFailed(method, message, client.Options.MaxMessageBytes);
        }
        catch (Exception exception)
        {
            // Nobody waits: it has been logged.
            _ = Translate(exception, method, call, stream);
        }
        finally
        {
            await EndAsync(call, stream).ConfigureAwait(false);
        }
    }

    private async ValueTask EndAsync(OutboundCall call, KvpLinkStream? stream)
    {
        if (stream is not null)
            await stream.DisposeAsync().ConfigureAwait(false);
        client.Finish(call);
    }

    /// <summary>Opens the stream of a call on a link, with the request ready in the buffer; null: the link has
    /// ended.</summary>
    private KvpLinkStream? TryOpen<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, OutboundCall call, KvpLink? link)
    {
        if (link is null || link.Ended.IsCancellationRequested)
            return null;
        call.Token.ThrowIfCancellationRequested();
        WriteRequest(method, request, call, Math.Min(link.MaxMessageBytes, client.Options.MaxMessageBytes));
        try
        {
            return link.OpenStream(method.FullName, options.Priority);
        }
        catch (KvpLinkException)
        {
            // It ended just now and nothing was sent: the next link will do.
            return null;
        }
    }

    private async Task<KvpLinkStream> OpenAfterWaitAsync<TRequest, TResponse>(
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

    private void WriteRequest<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, OutboundCall call, int maxBytes)
    {
        call.Buffer.Clear();
        call.Buffer.MaxBytes = maxBytes;
        try
        {
            CallHeader header = new() { DeadlineMilliseconds = GetMillisecondsLeft(call) };
            header.Write(call.Buffer);
            MessagePackWriter writer = new(call.Buffer);
            method.Request.Write(ref writer, in request);
            writer.Flush();
        }
        catch (Exception exception)
        {
            throw exception.GetBaseException() is MessageTooLargeException
                ? CallErrors.RequestTooLarge(method.FullName, maxBytes)
                : CallErrors.ArgumentsUnwritable(method.FullName, exception);
        }
    }

    private uint? GetMillisecondsLeft(OutboundCall call)
    {
        if (call.Deadline == TimeSpan.MaxValue)
            return null;
        double left = Math.Ceiling((call.Deadline - client.Table.Now).TotalMilliseconds);
        return (uint)Math.Clamp(left, 0, CallHeader.MaxDeadlineMilliseconds);
    }

    /// <summary>Gets what the caller is to see, and tells the peer if it may still be at work.</summary>
    private Exception Translate(Exception exception, RpcMethod method, OutboundCall call, KvpLinkStream? stream)
    {
        bool wasOpened = stream is not null;
        if (exception is OperationCanceledException or KvpLinkException && call.End != CallEnd.None)
        {
            stream?.Reset((uint)GetResetCode(call.End));
            Log.CallGivenUp(client.Logger, method.FullName, call.End);
            return call.End switch
            {
                CallEnd.Cancelled => new OperationCanceledException(call.CallerToken),
                CallEnd.DeadlinePassed =>
                    CallErrors.DeadlinePassed(method.FullName, call.TimeLimit, wasOpened, client.Links.Obstacle),
                _ => CallErrors.Closing(method.FullName, wasOpened),
            };
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

    private static CallResetCode GetResetCode(CallEnd end) => end switch
    {
        CallEnd.Cancelled => CallResetCode.Cancelled,
        CallEnd.DeadlinePassed => CallResetCode.DeadlineExceeded,
        _ => CallResetCode.Closing,
    };
}
