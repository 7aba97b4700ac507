using System.Text;
using KvpRpc.Host.Wmi;

namespace KvpRpc.Fuzz.Tests.Targets;

/// <summary>A pair as WMI shows it: CIM XML. The bytes are UTF-8.</summary>
internal static class DataItemTarget
{
    internal static FuzzTarget Instance { get; } = new("cim-xml", 512 << 10, input => Run(input.Span));

    private static bool Run(ReadOnlySpan<byte> input)
    {
        string text = Encoding.UTF8.GetString(input);
        if (!DataItemXml.TryRead(text, out DataItem item))
            return false;
        Finding.Unless(item.Name.Length + item.Data.Length <= text.Length, $"a pair is longer than its text");

        // XML has many spellings of one text; but a pair that was read is read again from what is written of it.
        Finding.Unless(
            DataItemXml.CanWrite(item.Name) && DataItemXml.CanWrite(item.Data), $"a pair holds what XML does not");
        string written = DataItemXml.Write(in item);
        Finding.Unless(DataItemXml.TryRead(written, out DataItem again), $"the own text does not read");
        Finding.Unless(again == item, $"{item} became {again}");
        return true;
    }
}
