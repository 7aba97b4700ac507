using System.Text.Json;
using KvpRpc.Driver;
using KvpRpc.Links;
using KvpRpc.Protocol.Sealing;
using KvpRpc.Protocol.Tests.Vectors;
using KvpRpc.Sealing;
using KvpRpc.Tests.Calls;
using Microsoft.Extensions.Logging;

namespace KvpRpc.Tests.Sealing;

/// <summary>The keys that a program gives away on purpose: who may have them, and what they open.</summary>
public sealed class KeyLogTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder = Directory.CreateTempSubdirectory("kvprpc-test-").FullName;
    private readonly ListLogger _log = new();

    public static TheoryData<string> Handshakes => VectorFile.Names("handshake.json", "handshakes");

    private string FilePath => Path.Combine(_folder, "keys");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Handshakes))]
    public void Both_sides_log_the_same_line_with_the_secrets_of_the_vector(string name)
    {
        JsonElement vector = VectorFile.Read("handshake.json", "handshakes")[name];
        KeyLogFile log = Open();
        Complete(vector, log);
        string[] lines = File.ReadAllLines(FilePath);
        Assert.Equal(2, lines.Length);
        Assert.Equal(lines[0], lines[1]);
        string secrets = string.Join(
            ' ', vector.GetProperty("chains").EnumerateArray().OrderBy(chain => chain.Text("from") == "guest")
                .ThenBy(chain => chain.Text("kind") == "control").Select(chain => chain.Text("secret")));
        Assert.EndsWith(' ' + secrets, lines[0], StringComparison.Ordinal);
        Assert.Equal(vector.Text("linkId"), LinkSecrets.TryRead(lines[0])!.Value.LinkId.ToString("x8", null));
    }

    [Fact]
    public void Logged_secrets_open_what_both_sides_seal_in_any_order_and_verify_it()
    {
        JsonElement vector = VectorFile.Read("handshake.json", "handshakes").Values.First();
        (ILinkSealer host, ILinkSealer guest) = Complete(vector, Open());
        LinkSecrets secrets = LinkSecrets.TryRead(File.ReadLines(FilePath).First())!.Value.Secrets;
        ulong[] numbers = [1, 2, 1023, 1024, 5000, 65_000];
        using (host)
        using (guest)
        {
            foreach ((ILinkSealer sealer, bool isHost) in ((ILinkSealer, bool)[])[(host, true), (guest, false)])
            {
                foreach (SealKind kind in Enum.GetValues<SealKind>())
                {
                    Sealed[] items = [.. numbers.Select(number => sealer.Seal(number, [1, 2, 3], [7], kind))];
                    using RecordedSeal recorded = new(secrets, isHost, kind);
                    foreach (Sealed item in items.Reverse().Concat(items))
                        AssertOpens(recorded, item);
                }
            }
        }
    }

    [Fact]
    public void A_number_that_no_link_comes_to_costs_nothing_and_does_not_open()
    {
        JsonElement vector = VectorFile.Read("handshake.json", "handshakes").Values.First();
        (ILinkSealer host, ILinkSealer guest) = Complete(vector, Open());
        host.Dispose();
        guest.Dispose();
        using RecordedSeal recorded =
            new(LinkSecrets.TryRead(File.ReadLines(FilePath).First())!.Value.Secrets, isHost: true, SealKind.Packet);
        Assert.False(recorded.TryOpen((1UL << 40) - 1, [], [], new byte[16], []));
        Assert.False(recorded.TryReveal((1UL << 40) - 1, [], new byte[16], []));
    }

    [Fact]
    public void Without_the_option_no_file_is_made()
    {
        Assert.Null(KeyLogFile.Open(new() { Logger = _log }));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void The_file_is_its_owners_alone_and_the_log_warns_of_it()
    {
        Open();
        (LogLevel level, _, string text) = Assert.Single(_log.Lines);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Contains(FilePath, text, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void A_file_that_others_may_read_takes_no_key_neither_at_first_nor_later()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows the folder says who may read.");
        KeyLogFile log = Open();
#pragma warning disable CA1416 // Skipped on Windows.
        File.SetUnixFileMode(FilePath, OwnerOnly | UnixFileMode.GroupRead);
#pragma warning restore CA1416
        Assert.Contains("chmod 600", Assert.Throws<IOException>(Open).Message, StringComparison.Ordinal);
        _log.Lines.Clear();
        log.Write("a secret");
        Assert.Equal(LogLevel.Warning, Assert.Single(_log.Lines).Level);
        Assert.Equal("", File.ReadAllText(FilePath));
    }

    [Fact]
    public void A_link_to_another_file_and_a_folder_that_everybody_writes_to_are_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows the folder says who may read.");
        string other = Path.Combine(_folder, "other");
        File.CreateSymbolicLink(FilePath, other);
        Assert.Throws<IOException>(Open);
        Assert.False(File.Exists(other));
        File.Delete(FilePath);
#pragma warning disable CA1416 // Skipped on Windows.
        File.SetUnixFileMode(_folder, File.GetUnixFileMode(_folder) | UnixFileMode.OtherWrite);
#pragma warning restore CA1416
        Assert.Throws<IOException>(Open);
        Assert.False(File.Exists(FilePath));
    }

    [Theory]
    [InlineData("")]
    [InlineData("KVPRPC-LINK-1")]
    [InlineData("KVPRPC-LINK-1 00 00 00 00 00 00")]
    [InlineData("CLIENT_RANDOM 00 00")]
    public void Other_lines_are_none_of_a_key_log(string line) => Assert.Null(LinkSecrets.TryRead(line));

    private static void AssertOpens(RecordedSeal recorded, Sealed item)
    {
        byte[] text = new byte[item.Ciphertext.Length];
        Assert.True(recorded.TryOpen(item.Number, item.AssociatedData, item.Ciphertext, item.Tag, text));
        Assert.Equal([1, 2, 3], text);
        Assert.False(recorded.TryOpen(item.Number, [8], item.Ciphertext, item.Tag, text));
        Assert.True(recorded.TryReveal(item.Number, item.Ciphertext, item.Tag, text));
        Assert.Equal([1, 2, 3], text);
    }

    private static (ILinkSealer Host, ILinkSealer Guest) Complete(JsonElement vector, KeyLogFile log)
    {
        JsonElement host = vector.GetProperty("host");
        JsonElement guest = vector.GetProperty("guest");
        byte[] preSharedKey = vector.GetProperty("preSharedKey").ValueKind == JsonValueKind.Null
            ? []
            : vector.Bytes("preSharedKey");
        byte[] prologue = HandshakePrologue.Encode(
            vector.GetProperty("vmId").GetGuid(), vector.Text("channel"), host.Text("hello"), guest.Text("hello"));
        using NoiseHandshakeAttempt hostAttempt = Links.Attempt(host.Bytes("privateKey"), preSharedKey, log.Write);
        using NoiseHandshakeAttempt guestAttempt = Links.Attempt(guest.Bytes("privateKey"), preSharedKey, log.Write);
        return (
            hostAttempt.Complete(guestAttempt.PublicKey, prologue, isInitiator: true)!,
            guestAttempt.Complete(hostAttempt.PublicKey, prologue, isInitiator: false)!);
    }

    private KeyLogFile Open() => KeyLogFile.Open(new KvpLinkOptions { KeyLogFile = FilePath, Logger = _log })!;
}
