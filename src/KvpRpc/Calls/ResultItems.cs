using KvpRpc.Generated;

namespace KvpRpc.Calls;

/// <summary>The result of a method that is a stream. Each enumeration is a call of its own.</summary>
internal sealed class ResultItems<TRequest, TItem>(
    CallStarter starter,
    RpcMethod<TRequest, TItem> method,
    TRequest request,
    RpcStreamArgument[] arguments,
    CancellationToken methodToken) : IAsyncEnumerable<TItem>
{
    public IAsyncEnumerator<TItem> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        StreamingCalls.GetItemsAsync(starter, method, request, arguments, methodToken, cancellationToken);
}
