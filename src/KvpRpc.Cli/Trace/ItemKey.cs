using System.Globalization;

namespace KvpRpc.Cli.Trace;

/// <summary>The key of an item: <c>protocol/link.md</c>, "Items".</summary>
/// <param name="Channel">The channel's name, in lower case.</param>
/// <param name="Number">0 for the control item.</param>
internal readonly record struct ItemKey(string Channel, int Number)
{
    /// <summary>How all keys of items begin, in any case.</summary>
    internal const string Prefix = "kvprpc.";

    private const int MaxNumber = 127;
    private const int MaxChannel = 32;

    /// <summary>Reads a key in any case; null for one that is no item's.</summary>
    internal static ItemKey? Read(string key)
    {
        int dot = key.LastIndexOf('.');
        if (!key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || dot < Prefix.Length)
            return null;
        string channel = key[Prefix.Length..dot];
        string number = key[(dot + 1)..];
        return channel.Length is > 0 and <= MaxChannel
            && channel.All(one => char.IsAsciiLetterOrDigit(one) || one == '-')
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed)
            && parsed <= MaxNumber && (number.Length == 1 || number[0] != '0')
            ? new(new string([.. channel.Select(char.ToLowerInvariant)]), parsed)
            : null;
    }
}
