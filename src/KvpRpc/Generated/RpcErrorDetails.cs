using System.ComponentModel;
using KvpRpc.Calls;

namespace KvpRpc.Generated;

/// <summary>Where types are registered whose objects may go with an error: see <see cref="RpcException.Details"/>. For
/// generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RpcErrorDetails
{
    /// <summary>Registers a type; called by a module initializer on both sides. The first registration of a type, and
    /// of a name, stays.</summary>
    /// <param name="name">The type's name on the wire: 1 to 128 characters.</param>
    /// <param name="serializer">How its objects cross.</param>
    public static void Register<T>(string name, RpcSerializer<T> serializer)
        where T : class
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, 128);
        ArgumentNullException.ThrowIfNull(serializer);
        ErrorDetails.Register(name, serializer);
    }
}
