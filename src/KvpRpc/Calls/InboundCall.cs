using System.Globalization;
using KvpRpc.Generated;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>A call of the peer, from the opening of its stream to its end.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Reliability", "CA1001:Types that own disposable fields should be disposable",
    Justification = "A source without timer or wait handle holds nothing, and a late Cancel must find it whole.")]
internal sealed class InboundCall(CallServer server, KvpLinkStream stream, int maxResponseBytes, TimeSpan acceptedAt)
    : OpenCall, IThreadPoolWorkItem
{
    private CancellationTokenSource? _oneWaySource;

    /// <summary>Gets the token for the handler: nobody waits for it any more.</summary>
    internal CancellationToken Aborted => _oneWaySource?.Token ?? stream.Aborted;

    private string Method => stream.Name;

    private RpcPeerOptions Options => server.Options;

    /// <summary>Starts the call on the thread pool: neither the link's thread nor the accept loop ever runs a
    /// handler.</summary>
    public void Execute() => _ = RunAsync();

    internal override void HandleEnd(CallEnd end)
    {
        try
        {
            _oneWaySource?.Cancel();
            bool isLate = end == CallEnd.DeadlinePassed;
            stream.Reset((uint)(isLate ? CallResetCode.DeadlineExceeded : CallResetCode.Closing));
        }
        catch (AggregateException exception)
        {
            // A callback of the user on the handler's token. It must not take the timer's thread with it.
            Log.AbortCallbackThrew(server.Logger, exception, Method);
        }
    }

    /// <summary>Tells the caller that nothing more will come, before a one-way call runs.</summary>
    internal ValueTask CompleteOneWayAsync()
    {
        // With both directions closed the stream says nothing more: the deadline alone ends the handler.
        _oneWaySource = new CancellationTokenSource();
        return stream.CompleteAsync(server.Stopping);
    }

    internal async ValueTask RespondAsync<TResponse>(RpcSerializer<TResponse> serializer, TResponse response)
    {
        PooledBuffer buffer = server.Buffers.Rent();
        buffer.MaxBytes = maxResponseBytes;
        try
        {
            try
            {
                default(ResponseHeader).Write(buffer, CallMessageKind.Result);
                Payload.Write(buffer, serializer, response);
            }
            catch (Exception exception)
            {
                buffer.Clear();
                WriteFailure(buffer, exception);
            }

            await stream.SendAsync(buffer.WrittenMemory, endOfStream: true, server.Stopping).ConfigureAwait(false);
        }
        finally
        {
            buffer.Release();
            server.Buffers.Return(buffer);
        }
    }

    /// <summary>Ends the call after its handler, or the creation of its service, threw.</summary>
    internal ValueTask FailAsync(Exception exception, bool isOneWay)
    {
        if (exception is OperationCanceledException && Aborted.IsCancellationRequested)
        {
            Log.HandlerStopped(server.Logger, Method);
            return default;
        }

        StatusCode status = StatusCode.Unknown;
        string message;
        if (exception is RpcException known)
        {
            status = known.StatusCode;
            message = known.Message;
            Log.HandlerEndedCall(server.Logger, Method, status, message);
        }
        else
        {
            message = CallErrors.Describe(exception, Options.IncludeExceptionDetails);
            Log.HandlerThrew(server.Logger, exception, Method);
        }

        return isOneWay ? default : SendTrailersAsync(status, message, isNotRun: false);
    }

    /// <summary>Ends a call that was not dispatched.</summary>
    internal ValueTask RejectAsync(StatusCode status, string message, Exception? exception = null)
    {
        Log.CallRejected(server.Logger, exception, Printable(Method), status, Printable(message));
        return SendTrailersAsync(status, message, isNotRun: true);
    }

    private async Task RunAsync()
    {
        try
        {
            ValueTask<KvpLinkMessage> receive = stream.ReceiveAsync(server.Stopping);
            bool wasThere = receive.IsCompleted;
            KvpLinkMessage message = await receive.ConfigureAwait(false);
            await Dispatch(message, wasThere ? acceptedAt : server.Table.Now).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is KvpLinkException or OperationCanceledException)
        {
            Log.CallerGone(server.Logger, exception, Printable(Method));
        }
        catch (Exception exception)
        {
            Log.CallBroke(server.Logger, exception, Printable(Method));
            stream.Reset((uint)CallResetCode.Internal);
        }
        finally
        {
            server.Table.Remove(this);
            await stream.DisposeAsync().ConfigureAwait(false);
            server.Leave();
        }
    }

    private ValueTask Dispatch(KvpLinkMessage message, TimeSpan receivedAt)
    {
        ServiceMethod? method = server.Services.Find(Method);
        if (!TryRead(message, out uint? deadline, out int payloadStart, out StatusCode status, out string? error))
        {
            message.Dispose();
            return RejectAsync(status, error!);
        }

        Deadline = deadline is { } left
            ? CallTable.GetDeadline(receivedAt, TimeSpan.FromMilliseconds(left))
            : TimeSpan.MaxValue;
        if (Deadline <= server.Table.Now || !server.Table.TryAdd(this))
        {
            message.Dispose();
            Log.ExpiredCallDropped(server.Logger, Printable(Method));
            HandleEnd(Deadline <= server.Table.Now ? CallEnd.DeadlinePassed : CallEnd.Closing);
            return default;
        }

        if (method is not null)
            return method.RunAsync(this, message, payloadStart);
        message.Dispose();
        return RejectAsync(StatusCode.Unimplemented, server.Services.DescribeMissing(Method));
    }

    private bool TryRead(
        in KvpLinkMessage message, out uint? deadline, out int payloadStart, out StatusCode status, out string? error)
    {
        deadline = null;
        payloadStart = 0;
        status = StatusCode.Internal;
        error = null;
        if (message.Data.Length > Options.MaxMessageBytes)
        {
            status = StatusCode.ResourceExhausted;
            error = string.Create(
                CultureInfo.InvariantCulture, $"The arguments are over the limit of {Options.MaxMessageBytes} bytes.");
        }
        else if (!message.HasContent
            || !CallMessage.TryRead(message.Data.Span, out CallMessage parts)
            || parts.Kind != CallMessageKind.Call
            || !CallHeader.TryRead(parts.Fields, out CallHeader header))
        {
            error = "The call cannot be read.";
        }
        else if (!message.IsEndOfStream)
        {
            error = "More follows after the arguments of a call that has one request.";
        }
        else
        {
            deadline = header.DeadlineMilliseconds;
            payloadStart = parts.PayloadStart;
        }

        return error is null;
    }

    private async ValueTask SendTrailersAsync(StatusCode status, string message, bool isNotRun)
    {
        PooledBuffer buffer = server.Buffers.Rent();
        buffer.MaxBytes = int.MaxValue;
        try
        {
            WriteTrailers(buffer, status, message, isNotRun);
            await stream.SendAsync(buffer.WrittenMemory, endOfStream: true, server.Stopping).ConfigureAwait(false);
        }
        finally
        {
            buffer.Release();
            server.Buffers.Return(buffer);
        }
    }

    private void WriteFailure(PooledBuffer buffer, Exception exception)
    {
        buffer.MaxBytes = int.MaxValue;
        if (exception.GetBaseException() is MessageTooLargeException)
        {
            RpcException error = CallErrors.ResponseTooLarge(Method, maxResponseBytes);
            Log.HandlerEndedCall(server.Logger, Method, error.StatusCode, error.Message);
            WriteTrailers(buffer, error.StatusCode, error.Message, isNotRun: false);
            return;
        }

        Log.ResponseUnwritable(server.Logger, exception, Method);
        WriteTrailers(buffer, StatusCode.Internal, $"The response of {Method} cannot be written.", isNotRun: false);
    }

    private static void WriteTrailers(PooledBuffer buffer, StatusCode status, string message, bool isNotRun)
    {
        ResponseHeader header = new()
        {
            Status = (uint)status,
            StatusMessage = CallErrors.EncodeMessage(message),
            IsNotRun = isNotRun,
        };
        header.Write(buffer, CallMessageKind.Trailers);
    }

    // The peer chose the text: it shall not forge lines of a log.
    private static string Printable(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
}
