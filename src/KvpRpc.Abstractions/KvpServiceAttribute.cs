namespace KvpRpc;

/// <summary>Marks a plain interface as a contract: a service that one side offers and the other calls.</summary>
[AttributeUsage(AttributeTargets.Interface, Inherited = false)]
public sealed class KvpServiceAttribute : Attribute
{
    /// <summary>Gets or sets the service's name on the wire; the interface's full name if not set.</summary>
    public string? Name { get; set; }
}
