using System.Runtime.CompilerServices;
using KvpRpc.Generated;
using KvpRpc.Links;
using KvpRpc.Resilience;

namespace KvpRpc.Calls;

/// <summary>The calls of this side with one request, and one response or none.</summary>
internal static class UnaryCalls
{
    /// <summary>Makes one attempt at a call with one response.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal static async ValueTask<TResponse> GetResultAsync<TRequest, TResponse>(
        CallStarter starter, RpcMethod<TRequest, TResponse> method, TRequest request, OutboundCall call)
    {
        KvpLinkStream? stream = null;
        try
        {
            stream = await starter.OpenAsync(method, request, call).ConfigureAwait(false);
            await stream.SendAsync(call.Buffer.WrittenMemory, endOfStream: true, call.Token).ConfigureAwait(false);
            call.Buffer.Release();
            while (true)
            {
                using KvpLinkMessage message = await stream.ReceiveAsync(call.Token).ConfigureAwait(false);
                if (starter.Reader.TryRead(method, call, message, null, out TResponse? response))
                    return response;
            }
        }
        catch (Exception exception)
        {
            throw starter.Fail(exception, method, call, stream);
        }
        finally
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Makes one attempt at a call without a response: completes when it lies in issued packets.</summary>
    internal static async ValueTask<KvpLinkStream> SendAsync<TRequest>(
        CallStarter starter, RpcMethod<TRequest, RpcUnit> method, TRequest request, OutboundCall call)
    {
        KvpLinkStream? stream = null;
        try
        {
            stream = await starter.OpenAsync(method, request, call).ConfigureAwait(false);
            await stream.SendAsync(call.Buffer.WrittenMemory, endOfStream: true, call.Token).ConfigureAwait(false);
            return stream;
        }
        catch (Exception exception)
        {
            Exception error = starter.Fail(exception, method, call, stream);
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
            throw error;
        }
    }

    internal sealed class ResultAttempt<TRequest, TResponse>(
        CallStarter starter, RpcMethod<TRequest, TResponse> method, TRequest request)
        : CallAttempt<TResponse>(starter, method)
    {
        internal override ValueTask<TResponse> RunAsync(OutboundCall call) =>
            GetResultAsync(Starter, method, request, call);
    }

    internal sealed class SendAttempt<TRequest>(
        CallStarter starter, RpcMethod<TRequest, RpcUnit> method, TRequest request)
        : CallAttempt<KvpLinkStream>(starter, method)
    {
        internal override ValueTask<KvpLinkStream> RunAsync(OutboundCall call) =>
            SendAsync(Starter, method, request, call);
    }
}
