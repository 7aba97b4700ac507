using KvpRpc.Generated;
using KvpRpc.Links;
using KvpRpc.Resilience;

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
        OutboundCall call = starter.Begin(method, cancellationToken);
        try
        {
            ResultAttempt<TRequest, TResponse> attempt = new(starter, method, request, arguments);
            return await starter.Resilience.MakeAsync(attempt, call).ConfigureAwait(false);
        }
        catch (Exception exception) when (call.Note(exception))
        {
            throw;
        }
        finally
        {
            starter.End(call);
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
        OutboundCall call = starter.Begin(method, methodToken, enumerationToken);
        OutboundCall attempt = call;
        OutboundArguments? outgoing = null;
        bool hasEnded = false;
        try
        {
            // What can be made again ends with the first items: the caller has none before.
            ItemsAttempt<TRequest, TItem> begin = new(starter, method, request, arguments);
            ItemsMessage? first;
            try
            {
                (attempt, outgoing, first) = await starter.Resilience.MakeAsync(begin, call).ConfigureAwait(false);
            }
            catch (Exception exception) when (call.Note(exception))
            {
                throw;
            }

            ItemsMessage message;
            do
            {
                try
                {
                    message = first ?? starter.Reader.ReadItems(
                        method,
                        attempt,
                        await attempt.Stream!.ReceiveAsync(attempt.Token).ConfigureAwait(false),
                        outgoing);
                    first = null;
                }
                catch (Exception exception)
                {
                    throw call.Noted(starter.Fail(exception, method, attempt, attempt.Stream, outgoing));
                }

                ItemCursor items = message.Items;
                try
                {
                    while (items.HasNext)
                    {
                        TItem item;
                        try
                        {
                            attempt.Token.ThrowIfCancellationRequested();
                            item = items.Read(method.Response, starter.Reader.MaxMessageBytes, method.FullName);
                        }
                        catch (Exception exception)
                        {
                            throw call.Noted(starter.Fail(exception, method, attempt, attempt.Stream, outgoing));
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
                throw call.Noted(starter.Fail(error, method, attempt, attempt.Stream, outgoing));
            hasEnded = true;
        }
        finally
        {
            outgoing?.Stop();
            if (!hasEnded)
                call.Measurement?.SetStatus(StatusCode.Cancelled);
            attempt.Stream?.Reset((uint)CallResetCode.Cancelled);
            if (attempt.Stream is { } stream)
                await stream.DisposeAsync().ConfigureAwait(false);
            if (attempt != call)
                attempt.EndAttempt();
            starter.End(call);
        }
    }

    private static async ValueTask EndAsync(OutboundCall call)
    {
        if (call.Stream is not { } stream)
            return;
        call.Stream = null;
        await stream.DisposeAsync().ConfigureAwait(false);
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
            arguments, method.FullName, stream, maxItemBytes, starter.Client.Options.TimeProvider, call.IsCompressing);
        if (hasItems)
            outgoing.Start();
        return outgoing;
    }

    /// <summary>An attempt at a call with one result.</summary>
    private sealed class ResultAttempt<TRequest, TResponse>(
        CallStarter starter, RpcMethod<TRequest, TResponse> method, TRequest request, RpcStreamArgument[] arguments)
        : CallAttempt<TResponse>(starter, method)
    {
        internal override async ValueTask<TResponse> RunAsync(OutboundCall call)
        {
            OutboundArguments? outgoing = null;
            try
            {
                outgoing = await OpenAsync(Starter, method, request, arguments, call).ConfigureAwait(false);
                while (true)
                {
                    using KvpLinkMessage message = await call.Stream!.ReceiveAsync(call.Token).ConfigureAwait(false);
                    if (Starter.Reader.TryRead(method, call, message, outgoing, out TResponse? response))
                        return response;
                }
            }
            catch (Exception exception)
            {
                throw Starter.Fail(exception, method, call, call.Stream, outgoing);
            }
            finally
            {
                outgoing?.Stop();
                await EndAsync(call).ConfigureAwait(false);
            }
        }
    }

    /// <summary>An attempt at the beginning of a call whose result is a stream: up to the first items, or the
    /// end.</summary>
    private sealed class ItemsAttempt<TRequest, TItem>(
        CallStarter starter, RpcMethod<TRequest, TItem> method, TRequest request, RpcStreamArgument[] arguments)
        : CallAttempt<ItemsStart>(starter, method)
    {
        internal override bool OutlivesAttempt => true;

        internal override async ValueTask<ItemsStart> RunAsync(OutboundCall call)
        {
            OutboundArguments? outgoing = null;
            try
            {
                outgoing = await OpenAsync(Starter, method, request, arguments, call).ConfigureAwait(false);
                while (true)
                {
                    ItemsMessage message = Starter.Reader.ReadItems(
                        method, call, await call.Stream!.ReceiveAsync(call.Token).ConfigureAwait(false), outgoing);
                    if (message.Items.HasNext || message is { IsLast: true, Error: null })
                        return new(call, outgoing, message);
                    message.Items.Dispose();
                    if (message.Error is { } error)
                        throw error;
                }
            }
            catch (Exception exception)
            {
                Exception error = Starter.Fail(exception, method, call, call.Stream, outgoing);
                outgoing?.Stop();
                await EndAsync(call).ConfigureAwait(false);
                throw error;
            }
        }
    }

    /// <summary>A call whose result is a stream, from its first items on.</summary>
    private readonly record struct ItemsStart(OutboundCall Call, OutboundArguments Outgoing, ItemsMessage? First);
}
