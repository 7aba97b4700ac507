using System.ComponentModel;

namespace KvpRpc.Generated;

/// <summary>The shape of a method's messages.</summary>
public enum RpcMethodShape
{
    /// <summary>One request, one response.</summary>
    Unary,

    /// <summary>One request, no response.</summary>
    OneWay,

    /// <summary>One request, many responses.</summary>
    ServerStream,

    /// <summary>Many requests, one response.</summary>
    ClientStream,

    /// <summary>Many requests, many responses.</summary>
    Duplex,
}

/// <summary>A method of a contract, as interceptors and policies see it. Generated code makes it.</summary>
public abstract class RpcMethod
{
    private protected RpcMethod(string serviceName, string name, RpcMethodShape shape, bool isIdempotent)
    {
        ServiceName = serviceName;
        Name = name;
        Shape = shape;
        IsIdempotent = isIdempotent;
        FullName = $"{serviceName}/{name}";
    }

    /// <summary>Gets the service's name on the wire.</summary>
    public string ServiceName { get; }

    /// <summary>Gets the method's name on the wire.</summary>
    public string Name { get; }

    /// <summary>Gets <c>service/method</c>: the name of the streams that carry its calls.</summary>
    public string FullName { get; }

    /// <summary>Gets the shape of its messages.</summary>
    public RpcMethodShape Shape { get; }

    /// <summary>Gets whether running it twice does no harm.</summary>
    public bool IsIdempotent { get; }

    /// <summary>Gets how many of its parameters are streams; to be set where the shape is <see
    /// cref="RpcMethodShape.ClientStream"/> or <see cref="RpcMethodShape.Duplex"/>.</summary>
    public int StreamArguments { get; init; }

    /// <summary>Gets a hash of what its messages are: the same on two sides that write and read the same bytes,
    /// whatever the names in C#. 0: not known.</summary>
    public uint Fingerprint { get; init; }

    /// <summary>Gets what its messages are, as text that two sides can compare: that of the contract's lock file.
    /// Empty: not known.</summary>
    public string Signature { get; init; } = string.Empty;
}

/// <summary>A method of a contract with how its messages cross. For generated code.</summary>
/// <typeparam name="TRequest">The arguments: a value tuple of them, in order, without the cancellation
/// token.</typeparam>
/// <typeparam name="TResponse">The result.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class RpcMethod<TRequest, TResponse> : RpcMethod
{
    /// <summary>Initializes a method.</summary>
    public RpcMethod(
        string serviceName,
        string name,
        RpcMethodShape shape,
        bool isIdempotent,
        RpcSerializer<TRequest> request,
        RpcSerializer<TResponse> response)
        : base(serviceName, name, shape, isIdempotent)
    {
        Request = request;
        Response = response;
    }

    /// <summary>Gets how requests cross.</summary>
    public RpcSerializer<TRequest> Request { get; }

    /// <summary>Gets how responses cross.</summary>
    public RpcSerializer<TResponse> Response { get; }
}

/// <summary>No value: the request of a method without arguments, the result of one that returns only a task.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct RpcUnit;
