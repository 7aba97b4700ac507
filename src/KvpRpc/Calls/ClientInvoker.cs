using System.Runtime.CompilerServices;
using KvpRpc.Generated;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>Makes the calls of one generated client, with that client's options.</summary>
internal sealed class ClientInvoker : RpcInvoker
{
    private readonly CallStarter _starter;

    internal ClientInvoker(CallClient client, CallSettings settings) => _starter = new(client, settings);

    internal ClientInvoker With(RpcCallOptions options) => new(_starter.Client, _starter.Settings.With(options));

    public override Task<TResponse> InvokeUnaryAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(method);
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<TResponse>(cancellationToken)
            : RunUnaryAsync(method, request, cancellationToken).AsTask();
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
        InvokeDuplex(method, request, [], cancellationToken);

    public override Task<TResponse> InvokeClientStreamAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        RpcStreamArgument[] arguments,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(arguments);
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<TResponse>(cancellationToken)
            : StreamingCalls.GetResultAsync(_starter, method, request, arguments, cancellationToken);
    }

    public override IAsyncEnumerable<TItem> InvokeDuplex<TRequest, TItem>(
        RpcMethod<TRequest, TItem> method,
        TRequest request,
        RpcStreamArgument[] arguments,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(arguments);
        return new ResultItems<TRequest, TItem>(_starter, method, request, arguments, cancellationToken);
    }

    // What a call allocates for its caller is the task alone: the rest is used again.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TResponse> RunUnaryAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        CancellationToken cancellationToken)
    {
        OutboundCall call = _starter.Begin(method, cancellationToken);
        try
        {
            try
            {
                if (_starter.Resilience.TakesAtOnce(method))
                {
                    return await _starter.Resilience.RunAsync(NewAttempt(method, request), call)
                        .ConfigureAwait(false);
                }

                return await UnaryCalls.GetResultAsync(_starter, method, request, call).ConfigureAwait(false);
            }
            catch (RpcException error) when (_starter.Resilience.MayContinue(call))
            {
                return await _starter.Resilience.ContinueAsync(NewAttempt(method, request), call, error)
                    .ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (call.Note(exception))
        {
            throw;
        }
        finally
        {
            _starter.End(call);
        }
    }

    private UnaryCalls.ResultAttempt<TRequest, TResponse> NewAttempt<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request) => new(_starter, method, request);

    private async Task RunOneWayAsync<TRequest>(
        RpcMethod<TRequest, RpcUnit> method,
        TRequest request,
        CancellationToken cancellationToken)
    {
        OutboundCall call = _starter.Begin(method, cancellationToken);
        KvpLinkStream? stream = null;
        try
        {
            UnaryCalls.SendAttempt<TRequest> attempt = new(_starter, method, request);
            stream = await _starter.Resilience.MakeAsync(attempt, call).ConfigureAwait(false);
        }
        catch (Exception exception) when (call.Note(exception))
        {
            throw;
        }
        finally
        {
            if (stream is null)
                _starter.End(call);
        }

        // For the caller it has ended.
        call.Measurement?.End();

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
                _starter.Reader.ThrowIfFailed(method, call, message);
        }
        catch (Exception exception)
        {
            // Nobody waits: it has been logged.
            _ = _starter.Fail(exception, method, call, stream);
        }
        finally
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            _starter.End(call);
        }
    }
}
