namespace KvpRpc;

/// <summary>Asks for the generated code of a contract in this assembly, or says that a type parameter takes a
/// contract.</summary>
/// <remarks>On an assembly it names a contract whose type is not written at a call, for example in a generic method. On
/// a type parameter it makes the generator look at the type arguments written there.</remarks>
[AttributeUsage(AttributeTargets.Assembly | AttributeTargets.GenericParameter, AllowMultiple = true)]
public sealed class KvpContractAttribute : Attribute
{
    /// <summary>Initializes the attribute on a type parameter.</summary>
    public KvpContractAttribute()
    {
    }

    /// <summary>Initializes the attribute on an assembly.</summary>
    /// <param name="contract">The contract's interface.</param>
    public KvpContractAttribute(Type contract) => Contract = contract;

    /// <summary>Gets the contract's interface; null on a type parameter.</summary>
    public Type? Contract { get; }
}
