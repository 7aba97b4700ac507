using KvpRpc.Generated;

namespace KvpRpc.Calls;

/// <summary>Makes one function of several interceptors, once for all calls.</summary>
internal static class Interception
{
    /// <summary>Gets what runs a call of this side through all interceptors; null: there are none.</summary>
    internal static Func<RpcClientContext, ValueTask<object?>>? Create(
        IReadOnlyList<IRpcClientInterceptor> outer, IReadOnlyList<IRpcClientInterceptor> inner)
    {
        if (outer.Count + inner.Count == 0)
            return null;
        Func<RpcClientContext, ValueTask<object?>> chain = static context => ((InterceptedCall)context).RunAsync();
        foreach (IRpcClientInterceptor interceptor in outer.Concat(inner).Reverse())
        {
            Func<RpcClientContext, ValueTask<object?>> next = chain;
            chain = context => interceptor.InvokeAsync(context, next);
        }

        return chain;
    }

    /// <summary>Gets what runs a call of the peer through all interceptors; null: there are none.</summary>
    internal static Func<RpcContext, ValueTask<object?>>? Create(IReadOnlyList<IRpcServerInterceptor> interceptors)
    {
        if (interceptors.Count == 0)
            return null;
        Func<RpcContext, ValueTask<object?>> chain = static context => ((HandlerContext)context).RunHandlerAsync();
        foreach (IRpcServerInterceptor interceptor in interceptors.Reverse())
        {
            Func<RpcContext, ValueTask<object?>> next = chain;
            chain = context => interceptor.InvokeAsync(context, next);
        }

        return chain;
    }

    /// <summary>Gets a result as interceptors pass it on.</summary>
    internal static object? Box<T>(T result) => result is RpcUnit ? null : result;

    /// <summary>Gets the result that interceptors gave.</summary>
    /// <exception cref="InvalidOperationException">It is none of the method.</exception>
    internal static T Unbox<T>(object? result, string method)
    {
        if (result is T typed)
            return typed;
        return result is null && (default(T) is null or RpcUnit) ? default! : throw Mistaken<T>(result, method);
    }

    /// <summary>Gets the items that interceptors gave in place of those of the callee; null: they gave none.</summary>
    /// <exception cref="InvalidOperationException">It is no result of the method.</exception>
    internal static IAsyncEnumerable<T>? UnboxItems<T>(object? result, bool hasRun, string method)
    {
        if (result is IAsyncEnumerable<T> items && !hasRun)
            return items;
        return result is null && hasRun ? null : throw Mistaken<IAsyncEnumerable<T>>(result, method);
    }

    private static InvalidOperationException Mistaken<T>(object? result, string method) => new(
        $"An interceptor gave {result?.GetType().ToString() ?? "null"} as the result of {method}, which should be "
        + (typeof(T) == typeof(RpcUnit) ? "null." : $"{typeof(T)}, and null after next gave null."));
}
