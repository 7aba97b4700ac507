using System.Text;
using KvpRpc.Protocol.Links;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>What the tables of a world carry: the limits of a kind of guest.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="CapacityBytes">The bytes of text that a full item of the guest can hold.</param>
/// <param name="IsLinux">Whether the limit is in bytes of UTF-8.</param>
/// <param name="Alphabets">Which alphabets both sides have.</param>
internal sealed record SimulatedMedium(string Name, int CapacityBytes, bool IsLinux, byte Alphabets = 0xFF)
{
    /// <summary>The registry of a Windows guest: 1022 units of two bytes.</summary>
    internal static readonly SimulatedMedium Windows = new("Windows guest", 2044, IsLinux: false);

    /// <summary>The pool files of a Linux guest: 2047 bytes of UTF-8.</summary>
    internal static readonly SimulatedMedium Linux = new("Linux guest", 2047, IsLinux: true);

    /// <summary>Any guest, over a medium that carries no more than base64.</summary>
    internal static readonly SimulatedMedium Base64 = new("base64", 2044, IsLinux: false, Alphabets: 1);

    /// <summary>Makes a world with such a guest; it is not started.</summary>
    internal SimulatedWorld NewWorld(Func<LinkOptions, LinkOptions>? configure = null)
    {
        SimulatedWorld world = new(seed: 1, configure: options =>
        {
            options = options with
            {
                Alphabets = Alphabets,
                MaxValueUtf8Bytes = IsLinux && !options.IsHost ? CapacityBytes : null,
            };
            return configure is null ? options : configure(options);
        });
        if (IsLinux)
            world.Host.Own.Carry = world.Guest.Own.Carry = text => Cut(text, CapacityBytes, cutsInACharacter: false);
        return world;
    }

    /// <summary>Gives the text as a medium shows it that holds so many bytes of it.</summary>
    internal static string Cut(string text, int bytes, bool cutsInACharacter)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        if (utf8.Length <= bytes)
            return text;
        string cut = Encoding.UTF8.GetString(utf8, 0, bytes - (cutsInACharacter ? 1 : 0));
        return cutsInACharacter ? cut : cut.TrimEnd('\uFFFD');
    }
}
