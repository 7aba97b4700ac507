using KvpRpc.Protocol.Alphabets;

namespace KvpRpc.Cli.Decode;

/// <summary>The names that <c>protocol/alphabets.md</c> gives the alphabets.</summary>
internal static class AlphabetName
{
    internal static string Of(Alphabet alphabet) => alphabet switch
    {
        Base64Alphabet => "base64",
        Wide15Alphabet => "wide15",
        _ => "pair22",
    };
}
