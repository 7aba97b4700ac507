using System.ComponentModel;
using MessagePack;

namespace KvpRpc.Generated;

/// <summary>What formatters that a contract's types bring along are called with. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RpcFormatters
{
    /// <summary>Gets the options: standard resolvers, untrusted data, at most <see cref="RpcReading.DepthMax"/> levels
    /// deep.</summary>
    public static MessagePackSerializerOptions Options { get; } = MessagePackSerializerOptions.Standard.WithSecurity(
        MessagePackSecurity.UntrustedData.WithMaximumObjectGraphDepth(RpcReading.DepthMax));
}
