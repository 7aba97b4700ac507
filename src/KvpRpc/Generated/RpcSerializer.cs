using System.ComponentModel;
using MessagePack;

namespace KvpRpc.Generated;

/// <summary>Writes a value as MessagePack. For generated code.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate void RpcWrite<T>(ref MessagePackWriter writer, in T value);

/// <summary>Reads a value from MessagePack. For generated code.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <exception cref="MessagePackSerializationException">The bytes are not such a value, or are beyond a
/// limit.</exception>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate T RpcRead<T>(ref MessagePackReader reader);

/// <summary>How values of a type cross the link. For generated code.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="Write">Writes one value.</param>
/// <param name="Read">Reads one value.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record RpcSerializer<T>(RpcWrite<T> Write, RpcRead<T> Read);
