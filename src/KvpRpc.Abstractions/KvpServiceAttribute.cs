namespace KvpRpc;

/// <summary>Marks a plain interface as a contract: a service that one side offers and the other calls.</summary>
/// <remarks>The methods of base interfaces belong to the service that derives from them, under its name; a base needs
/// no attribute, and with one it is also a service of its own. A cancellation token as the last parameter does not
/// cross:
/// adding or removing it leaves the wire as it is.</remarks>
[AttributeUsage(AttributeTargets.Interface, Inherited = false)]
public sealed class KvpServiceAttribute : Attribute
{
    /// <summary>Gets or sets the service's name on the wire; the interface's full name if not set.</summary>
    public string? Name { get; set; }
}
