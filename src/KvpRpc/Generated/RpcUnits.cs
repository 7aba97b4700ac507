using System.ComponentModel;
using MessagePack;

namespace KvpRpc.Generated;

/// <summary>How <see cref="RpcUnit"/> crosses the link. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RpcUnits
{
    /// <summary>Gets the request of a method without arguments: an empty array. Arguments of a newer peer are
    /// skipped.</summary>
    public static RpcSerializer<RpcUnit> Request { get; } = new(
        static (ref MessagePackWriter writer, in RpcUnit _) => writer.WriteArrayHeader(0),
        static (ref MessagePackReader reader) =>
        {
            try
            {
                RpcReading.Skip(ref reader, reader.ReadArrayHeader());
                return default;
            }
            catch (Exception exception) when (RpcReading.IsForeign(exception))
            {
                throw RpcReading.Malformed(exception);
            }
        });

    /// <summary>Gets the response of a method without a result: nil. The result of a newer peer is skipped.</summary>
    public static RpcSerializer<RpcUnit> Response { get; } = new(
        static (ref MessagePackWriter writer, in RpcUnit _) => writer.WriteNil(),
        static (ref MessagePackReader reader) =>
        {
            try
            {
                reader.Skip();
                return default;
            }
            catch (Exception exception) when (RpcReading.IsForeign(exception))
            {
                throw RpcReading.Malformed(exception);
            }
        });
}
