using System.ComponentModel;

namespace KvpRpc.Generated;

/// <summary>What the generator knows of a contract. For generated code.</summary>
/// <typeparam name="TContract">The interface.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class RpcContract<TContract>
    where TContract : class
{
    /// <summary>Gets the service's name on the wire.</summary>
    public abstract string ServiceName { get; }

    /// <summary>Creates a typed client whose calls go through <paramref name="invoker"/>.</summary>
    public abstract TContract CreateClient(RpcInvoker invoker);

    /// <summary>Names each method of the contract, with the code that runs it on a service, to
    /// <paramref name="binder"/>.</summary>
    public abstract void Bind(RpcServiceBinder<TContract> binder);
}
