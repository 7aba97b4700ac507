using System.Runtime.CompilerServices;
using KvpRpc.Generated;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>Sends what the callee of a call says.</summary>
internal static class ResponseWriter
{
    /// <summary>What the fields of trailers need beside metadata, message and details, and for their lengths.</summary>
    private const int OtherFieldBytes = 64;

    /// <summary>Ends a call that succeeded with one result.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal static async ValueTask RespondAsync<TResponse>(
        InboundCall call, RpcSerializer<TResponse> serializer, TResponse response)
    {
        // Reports come before the result.
        if (call.TakeSender() is { } sender)
            await sender.CloseAsync().ConfigureAwait(false);
        PooledBuffer buffer = call.Server.Buffers.Rent();
        buffer.MaxBytes = call.MaxResponseBytes;
        try
        {
            try
            {
                WriteResultHeader(call, buffer);
                Payload.Write(buffer, serializer, response);
                if (call.IsCompressing)
                    MessageCompression.TryCompress(buffer);
            }
            catch (Exception exception)
            {
                buffer.Clear();
                WriteFailure(call, buffer, exception);
            }

            await call.SendLastAsync(buffer.WrittenMemory).ConfigureAwait(false);
        }
        finally
        {
            buffer.Release();
            call.Server.Buffers.Return(buffer);
        }
    }

    /// <summary>Sends the items of a result that is a stream, as they come. The call's end is still to be
    /// sent.</summary>
    internal static async ValueTask SendItemsAsync<TItem>(
        InboundCall call, ItemSender sender, RpcSerializer<TItem> serializer, IAsyncEnumerable<TItem> source)
    {
        IAsyncEnumerator<TItem> items = source.GetAsyncEnumerator(call.Aborted);
        try
        {
            while (true)
            {
                ValueTask<bool> next = items.MoveNextAsync();
                if (!next.IsCompleted)
                    sender.Flush();
                if (!await next.ConfigureAwait(false))
                    return;
                await SendItemAsync(call, sender, serializer, items.Current).ConfigureAwait(false);
            }
        }
        finally
        {
            await items.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Ends a call that succeeded, and whose result is a stream.</summary>
    internal static ValueTask SendEndAsync(InboundCall call) => SendTrailersAsync(call, error: null, isNotRun: false);

    /// <summary>Ends a call that failed.</summary>
    internal static ValueTask SendErrorAsync(InboundCall call, RpcException error, bool isNotRun) =>
        SendTrailersAsync(call, error, isNotRun);

    private static async ValueTask SendTrailersAsync(InboundCall call, RpcException? error, bool isNotRun)
    {
        ItemSender? sender = call.TakeSender();
        ReadOnlyMemory<byte> lastItems = sender is null ? default : await sender.CloseAsync().ConfigureAwait(false);
        PooledBuffer buffer = call.Server.Buffers.Rent();
        buffer.MaxBytes = int.MaxValue;
        if (isNotRun || error is { StatusCode: StatusCode.Unavailable } or { RetryAfter: not null })
            call.LeaveWindow();
        try
        {
            WriteTrailers(call, buffer, error, isNotRun);
            if (!lastItems.IsEmpty)
                CopyPayload(lastItems.Span, buffer);
            if (!lastItems.IsEmpty && sender!.IsRestCompressed)
                MessageCompression.TryCompress(buffer);
            await call.SendLastAsync(buffer.WrittenMemory).ConfigureAwait(false);
        }
        finally
        {
            buffer.Release();
            call.Server.Buffers.Return(buffer);
        }
    }

    private static ValueTask SendItemAsync<TItem>(
        InboundCall call, ItemSender sender, RpcSerializer<TItem> serializer, TItem item)
    {
        try
        {
            ValueTask<int> written = sender.WriteAsync(0, serializer, item);
            if (!written.IsCompletedSuccessfully)
                return AwaitWrittenAsync(call, written);
            _ = written.Result;
            return default;
        }
        catch (Exception exception)
        {
            throw TranslateItemFailure(call, exception);
        }
    }

    private static async ValueTask AwaitWrittenAsync(InboundCall call, ValueTask<int> written)
    {
        try
        {
            await written.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            throw TranslateItemFailure(call, exception);
        }
    }

    private static Exception TranslateItemFailure(InboundCall call, Exception exception)
    {
        if (exception is KvpLinkException)
            return new OperationCanceledException("The call has ended.", exception, call.Aborted);
        if (exception.GetBaseException() is not MessageTooLargeException)
            Log.ResponseUnwritable(call.Server.Logger, exception, call.Method);
        return CallErrors.ItemUnwritable(call.Method, exception, call.MaxResponseBytes);
    }

    private static void CopyPayload(ReadOnlySpan<byte> items, PooledBuffer buffer)
    {
        bool isRead = CallMessage.TryRead(items, out CallMessage parts);
        System.Diagnostics.Debug.Assert(isRead, "It was written here.");
        ReadOnlySpan<byte> payload = items[parts.PayloadStart..];
        payload.CopyTo(buffer.GetSpan(payload.Length));
        buffer.Advance(payload.Length);
    }

    private static void WriteResultHeader(InboundCall call, PooledBuffer buffer)
    {
        ReadOnlyMemory<byte> trailers = MetadataCodec.Encode(call.Trailers);
        int max = call.Server.Options.MaxMetadataBytes;
        if (trailers.Length > max)
            throw CallErrors.ResponseMetadataTooLarge(call.Method, max);
        ResponseHeader header = new() { Metadata = trailers.Span, Compression = call.ToldCompression };
        header.Write(buffer, CallMessageKind.Result);
    }

    private static void WriteFailure(InboundCall call, PooledBuffer buffer, Exception exception)
    {
        buffer.MaxBytes = int.MaxValue;
        RpcException? error = exception as RpcException;
        if (exception.GetBaseException() is MessageTooLargeException)
            error = CallErrors.ResponseTooLarge(call.Method, call.MaxResponseBytes);
        if (error is not null)
            Log.HandlerEndedCall(call.Server.Logger, call.Method, error.StatusCode, error.Message);
        else
            Log.ResponseUnwritable(call.Server.Logger, exception, call.Method);
        error ??= new(StatusCode.Internal, $"The response of {call.Method} cannot be written.");
        WriteTrailers(call, buffer, error, isNotRun: false);
    }

    private static void WriteTrailers(InboundCall call, PooledBuffer buffer, RpcException? error, bool isNotRun)
    {
        int max = call.Server.Options.MaxMetadataBytes;
        byte[] metadata = [
            .. MetadataCodec.Encode(call.Trailers).Span, .. MetadataCodec.Encode(error?.Trailers).Span];
        if (metadata.Length > max)
        {
            metadata = [];
            error ??= CallErrors.ResponseMetadataTooLarge(call.Method, max);
        }

        if (error is not null)
            call.Measurement?.SetStatus(error.StatusCode);
        byte[] message = error is { Message.Length: > 0 } ? CallErrors.EncodeMessage(error.Message) : [];
        int left = CallMessage.MaxFieldBytes - metadata.Length - message.Length - OtherFieldBytes;
        ReadOnlyMemory<byte> details = ErrorDetails.Encode(error?.Details ?? [], left, out int leftOut);
        if (leftOut > 0)
            Log.DetailsLeftOut(call.Server.Logger, leftOut, call.Method);
        ResponseHeader header = new()
        {
            Metadata = metadata,
            Status = (uint)(error?.StatusCode ?? StatusCode.Ok),
            StatusMessage = message,
            StatusDetails = details.Span,
            IsNotRun = isNotRun,
            RetryAfterMilliseconds = GetRetryAfter(error),
            Compression = call.ToldCompression,
        };
        header.Write(buffer, CallMessageKind.Trailers);
    }

    private static uint? GetRetryAfter(RpcException? error) => error?.RetryAfter switch
    {
        null => null,
        { } delay when delay == Timeout.InfiniteTimeSpan => ResponseHeader.NeverRetry,
        { } delay => (uint)Math.Clamp(Math.Ceiling(delay.TotalMilliseconds), 0, ResponseHeader.NeverRetry - 1),
    };
}
