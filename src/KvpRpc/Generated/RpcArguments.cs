using System.ComponentModel;

namespace KvpRpc.Generated;

/// <summary>The arguments of a call of the peer that are more than values. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class RpcArguments
{
    /// <summary>Gets an argument that is a stream. It can be enumerated once.</summary>
    /// <param name="index">Its place among the method's parameters that are streams, from 0.</param>
    /// <param name="item">How an item crosses.</param>
    public abstract IAsyncEnumerable<T> GetItems<T>(int index, RpcSerializer<T> item);

    /// <summary>Gets an argument that takes reports; if the caller wants none, one that drops them.</summary>
    /// <param name="index">Its place among the method's parameters that take reports, from 0.</param>
    /// <param name="report">How a report crosses.</param>
    public abstract IProgress<T> GetProgress<T>(int index, RpcSerializer<T> report);
}
