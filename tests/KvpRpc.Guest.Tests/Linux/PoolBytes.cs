using System.Text;

namespace KvpRpc.Guest.Tests.Linux;

/// <summary>Pool files as bytes, written and read without the code under test.</summary>
internal static class PoolBytes
{
    internal const int RecordSize = 2560;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>A record; stale bytes fill what is behind the texts.</summary>
    internal static byte[] Record(string key, string value, byte stale = 0) =>
        Record(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value), stale);

    internal static byte[] Record(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, byte stale = 0)
    {
        byte[] record = new byte[RecordSize];
        record.AsSpan().Fill(stale);
        key.CopyTo(record);
        value.CopyTo(record.AsSpan(512));
        if (key.Length < 512)
            record[key.Length] = 0;
        if (value.Length < 2048)
            record[512 + value.Length] = 0;
        return record;
    }

    internal static byte[] File(params byte[][] records) => [.. records.SelectMany(record => record)];

    /// <summary>The items as the daemon and the driver tell the host: whole records, up to the first that is no
    /// text.</summary>
    internal static List<(string Key, string Value)> AsHostSees(ReadOnlySpan<byte> file)
    {
        List<(string, string)> items = [];
        try
        {
            for (; file.Length >= RecordSize; file = file[RecordSize..])
                items.Add((Text(file[..512]), Text(file.Slice(512, 2048))));
        }
        catch (DecoderFallbackException)
        {
            // The host's reading ends here.
        }

        return items;
    }

    private static string Text(ReadOnlySpan<byte> field) =>
        Strict.GetString(field[..(field.IndexOf((byte)0) is var end and >= 0 ? end : field.Length)]);
}
