using System.Text;
using MessagePack;

namespace KvpRpc.Cli.Decode;

/// <summary>What peers have said, as text that does a terminal no harm.</summary>
internal static class ValueText
{
    private const int MaxUnits = 200;

    /// <summary>Gives a text without what a terminal might obey, cut where it is long.</summary>
    internal static string Printable(string text)
    {
        StringBuilder printable = new(Math.Min(text.Length, MaxUnits + 1));
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (printable.Length >= MaxUnits)
                return printable.Append('…').ToString();
            printable.Append(Rune.IsControl(rune) || rune == Rune.ReplacementChar ? "?" : rune.ToString());
        }

        return printable.ToString();
    }

    /// <summary>Gives MessagePack as JSON, cut where it is long.</summary>
    internal static string Of(byte[] payload)
    {
        if (payload.Length == 0)
            return "empty";
        try
        {
            MessagePackReader reader = new(payload);
            StringBuilder values = new();
            while (!reader.End && values.Length < MaxUnits)
            {
                using StringWriter json = new();
                MessagePackSerializer.ConvertToJson(ref reader, json, MessagePackSerializerOptions.Standard
                    .WithSecurity(MessagePackSecurity.UntrustedData));
                values.Append(values.Length == 0 ? "" : ", ").Append(json);
            }

            return Printable(values.ToString());
        }
        catch (Exception exception) when (exception is MessagePackSerializationException or EndOfStreamException)
        {
            return $"{payload.Length} bytes that are no MessagePack";
        }
    }
}
