using System.ComponentModel;

namespace KvpRpc.Generated;

/// <summary>Where generated code registers what it knows of contracts, and the library finds it without
/// reflection.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RpcContracts
{
    /// <summary>Registers a contract; called by a module initializer. The first registration of a contract
    /// stays.</summary>
    public static void Register<TContract>(RpcContract<TContract> contract)
        where TContract : class
    {
        ArgumentNullException.ThrowIfNull(contract);
        Interlocked.CompareExchange(ref Holder<TContract>.Value, contract, null);
    }

    /// <summary>Gets a contract.</summary>
    /// <exception cref="InvalidOperationException">The generator has not seen the contract.</exception>
    public static RpcContract<TContract> Get<TContract>()
        where TContract : class =>
        Holder<TContract>.Value ?? throw new InvalidOperationException(
            $"No generated code for the contract {typeof(TContract)}. Mark the interface with [KvpService], reference "
                + "the "
            + "package KvpRpc.Generator where CreateClient or AddService is called with it, and where its type is not "
            + "written there (a generic method), add [assembly: KvpContract(typeof(...))].");

    private static class Holder<TContract>
        where TContract : class
    {
        internal static RpcContract<TContract>? Value;
    }
}
