namespace KvpRpc;

/// <summary>Sets how a method of a contract is known on the wire and how it is called.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class KvpMethodAttribute : Attribute
{
    /// <summary>Gets or sets the method's stable name on the wire; the method's name without the suffix Async if not
    /// set. It must be set where a contract has overloads.</summary>
    public string? Id { get; set; }

    /// <summary>Gets or sets whether the caller waits for no answer: it does not learn of errors.</summary>
    public bool OneWay { get; set; }
}
