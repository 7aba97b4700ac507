using KvpRpc.Generated;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>The calls of this side whose arguments or result are streams, or whose arguments take reports.</summary>
internal static class StreamingCalls
{
    /// <summary>Makes a call with one result.</summary>
    internal static async Task<TResponse> GetResultAsync<TRequest, TResponse>(
        CallStarter starter,
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        RpcStreamArgument[] arguments,
        CancellationToken cancellationToken)
    {
        OutboundCall call = starter.Begin(cancellationToken);
        OutboundArguments? outgoing = null;
        try
        {
            outgoing = await OpenAsync(starter, method, request, arguments, call).ConfigureAwait(false);
            while (true)
            {
                using KvpLinkMessage message = await call.Stream!.ReceiveAsync(call.Token).ConfigureAwait(false);
                if (starter.Reader.TryRead(method, message, outgoing, out TResponse? response))
                    return response;
            }
        }
        catch (Exception exception)
        {
            throw starter.Translate(exception, method, call, call.Stream, outgoing);
        }
        finally
        {
            outgoing?.Stop();
            await starter.EndAsync(call, call.Stream).ConfigureAwait(false);
        }
    }

    /// <summary>Makes a call whose result is a stream; it begins with the first move. An enumeration that is left
    /// before its end cancels the call.</summary>
    internal static async IAsyncEnumerator<TItem> GetItemsAsync<TRequest, TItem>(
        CallStarter starter,
        RpcMethod<TRequest, TItem> method,
        TRequest request,
        RpcStreamArgument[] arguments,
        CancellationToken methodToken,
        CancellationToken enumerationToken)
    {
        methodToken.ThrowIfCancellationRequested();
        enumerationToken.ThrowIfCancellationRequested();
        OutboundCall call = starter.Begin(methodToken, enumerationToken);
        OutboundArguments? outgoing = null;
        bool hasEnded = false;
        try
        {
            try
            {
                outgoing = await OpenAsync(starter, method, request, arguments, call).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                throw starter.Translate(exception, method, call, call.Stream);
            }

            ItemsMessage message;
            do
            {
                try
                {
                    message = starter.Reader.ReadItems(
                        method, await call.Stream!.ReceiveAsync(call.Token).ConfigureAwait(false), outgoing);
                }
                catch (Exception exception)
                {
                    throw starter.Translate(exception, method, call, call.Stream, outgoing);
                }

                ItemCursor items = message.Items;
                try
                {
                    while (items.HasNext)
                    {
                        TItem item;
                        try
                        {
                            call.Token.ThrowIfCancellationRequested();
                            item = items.Read(method.Response, starter.Reader.MaxMessageBytes, method.FullName);
                        }
                        catch (Exception exception)
                        {
                            throw starter.Translate(exception, method, call, call.Stream, outgoing);
                        }

                        yield return item;
                    }
                }
                finally
                {
                    items.Dispose();
                }
            }
            while (!message.IsLast);

            if (message.Error is { } error)
                throw starter.Translate(error, method, call, call.Stream, outgoing);
            hasEnded = true;
        }
        finally
        {
            outgoing?.Stop();
            if (!hasEnded)
                call.Measurement?.SetStatus(StatusCode.Cancelled);
            call.Stream?.Reset((uint)CallResetCode.Cancelled);
            await starter.EndAsync(call, call.Stream).ConfigureAwait(false);
        }
    }

    private static async ValueTask<OutboundArguments> OpenAsync<TRequest, TResponse>(
        CallStarter starter,
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        RpcStreamArgument[] arguments,
        OutboundCall call)
    {
        call.Listening = OutboundArguments.GetListening(arguments);
        bool hasItems = OutboundArguments.HaveItems(arguments);
        KvpLinkStream stream = await starter.OpenAsync(method, request, call).ConfigureAwait(false);
        call.Stream = stream;
        int maxItemBytes = call.Buffer.MaxBytes;
        await stream.SendAsync(call.Buffer.WrittenMemory, endOfStream: !hasItems, call.Token).ConfigureAwait(false);
        call.Buffer.Release();
        OutboundArguments outgoing = new(
            arguments, method.FullName, stream, maxItemBytes, starter.Client.Options.TimeProvider);
        if (hasItems)
            outgoing.Start();
        return outgoing;
    }
}
