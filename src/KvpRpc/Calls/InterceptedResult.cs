using KvpRpc.Generated;

namespace KvpRpc.Calls;

/// <summary>A call with one result, or none, that runs through interceptors.</summary>
internal sealed class InterceptedResult<TResponse> : InterceptedCall
{
    private readonly Func<ClientInvoker, CancellationToken, Task<TResponse>> _invoke;

    internal InterceptedResult(
        CallClient client,
        CallSettings settings,
        RpcMethod method,
        Func<ClientInvoker, CancellationToken, Task<TResponse>> invoke,
        CancellationToken cancellationToken)
        : base(client, settings, method)
    {
        _invoke = invoke;
        CancellationToken = cancellationToken;
    }

    internal override async ValueTask<object?> RunAsync()
    {
        TResponse response = await _invoke(BeginAttempt(), CancellationToken).ConfigureAwait(false);
        HandleSuccess();
        return Interception.Box(response);
    }
}
