using System.ComponentModel;

namespace KvpRpc.Generated;

/// <summary>What every generated client implements beside its contract, explicitly. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IRpcClient
{
    /// <summary>Gets what makes the client's calls.</summary>
    RpcInvoker Invoker { get; }
}
