using System.Text;

namespace KvpRpc.Calls;

/// <summary>Turns metadata into the fields that cross, and back.</summary>
internal static class MetadataCodec
{
    internal static ReadOnlyMemory<byte> Encode(RpcMetadata? metadata)
    {
        if (metadata is null or { Count: 0 })
            return default;
        List<byte> fields = [];
        foreach ((string key, byte[] value) in metadata)
            fields.AddRange(MetadataReader.Encode(Encoding.ASCII.GetBytes(key), value));
        return fields.ToArray();
    }

    /// <summary>Gets metadata that can be added to.</summary>
    internal static RpcMetadata DecodeCopy(ReadOnlySpan<byte> fields)
    {
        RpcMetadata metadata = new();
        for (MetadataReader reader = new(fields); reader.MoveNext();)
            metadata.AddReceived(Encoding.ASCII.GetString(reader.Key), reader.Value.ToArray());
        return metadata;
    }

    internal static RpcMetadata Decode(ReadOnlySpan<byte> fields) =>
        fields.IsEmpty ? RpcMetadata.Empty : DecodeCopy(fields).Freeze();
}
