using CsCheck;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Tests.Simulation;
using KvpRpc.Protocol.Tests.Streams;

namespace KvpRpc.Protocol.Tests.Fuzz;

/// <summary>Nothing that a peer's table or packets hold makes a handler throw.</summary>
public sealed class PeerFuzzTests
{
    [Fact]
    public void No_text_of_the_peer_makes_a_handler_throw()
    {
        using SimulatedWorld world = new(seed: 1);
        List<KeyValuePair<string, string>> valid = [];
        world.Written = (_, text) => valid.Add(new($"kvprpc.default.{valid.Count % 40}", text));
        world.Start();
        world.Open();
        world.Call(world.Host, 20_000, 20_000);
        world.Call(world.Guest, 20_000, 20_000);
        Gen<string> text = Gen.OneOf(
            Gen.String,
            Gen.Select(
                Gen.Int[0, valid.Count - 1],
                Gen.Int[0, 1022],
                Gen.Char,
                (at, place, unit) => Alter(valid[at].Value, place, unit)),
            Gen.Select(Gen.Int[0, valid.Count - 1], Gen.Int[0, 1022], (at, length) => Cut(valid[at].Value, length)));
        Gen<string> key = Gen.OneOf(
            Gen.String, Gen.Int[0, 200].Select(index => $"kvprpc.default.{index}"), Gen.Const("KVPRPC.Default.0"));
        Gen<(string Key, string Text)[]> table = Gen.Select(key, text, (k, t) => (k, t)).Array[0, 8];
        Instant now = world.Host.Now;

        table.Sample(
            items =>
            {
                foreach (SimulatedSide side in new[] { world.Host, world.Guest })
                {
                    now += TimeSpan.FromMilliseconds(1);
                    List<KeyValuePair<string, string>> shown =
                        [.. items.Select(item => KeyValuePair.Create(item.Key, item.Text))];
                    side.Peer.Read(shown, now);
                    side.Peer.Audit(shown, now);
                    side.Peer.HandleTimeout(now);
                    foreach (PendingWrite write in side.Peer.CollectWrites(128, now))
                        side.Peer.HandleWritten(write.Index, WriteResult.Landed, now);
                }
            },
            iter: 5000,
            threads: 1);
    }

    [Fact]
    public void No_frames_make_the_intake_throw()
    {
        Gen<byte[]> frames = Gen.OneOf(
            Gen.Byte.Array[0, 200],
            Gen.Select(Gen.Byte, Gen.Byte[0, 40], Gen.Byte.Array[0, 60], (type, length, body) =>
                (byte[])[(byte)(type % 0x22), length, .. body]));

        frames.Array[1, 6].Sample(
            packets =>
            {
                StreamPair pair = new(options => options with { MaxStreams = 3, StreamWindow = 1024 });
                pair.Guest.Send(pair.Guest.Open("own", 0, null), new byte[5000], endOfStream: false);
                pair.Carry(pair.Guest);
                foreach (byte[] packet in packets)
                {
                    if (pair.Guest.Intake.Take(packet) is not null)
                        break;
                }

                pair.Guest.Filler.Fill(new byte[700], 1);
                Assert.InRange(pair.Guest.ActiveCount, 0, 4);
            },
            iter: 20_000,
            threads: 1);
    }

    [Fact]
    public void A_hello_reads_back_and_any_other_bytes_are_only_refused()
    {
        Gen<Hello> hello = Gen.Select(
            Gen.ULong, Gen.ULong, Gen.Byte.Array[32], Gen.Bool, Gen.Int[1, int.MaxValue],
            Gen.ULong[0, Packets.ItemLayout.NumberLimit - 1],
            (id, answered, publicKey, isHost, limit, last) => new Hello
            {
                MinVersion = 1,
                MaxVersion = 1,
                Role = isHost ? PeerRole.Host : PeerRole.Guest,
                AttemptId = new UInt128(id, 1),
                AnsweredId = isHost ? 0 : answered,
                PublicKey = publicKey,
                Limits = new((uint)limit, (uint)limit, (uint)limit),
                VmId = isHost ? new Guid(limit, 2, 3, new byte[8]) : null,
                LastAccepted = last % 2 == 0 ? new LastAccepted(new UInt128(id, 2), last) : null,
                UsesPreSharedKey = isHost,
            });

        Gen.Select(hello, Gen.Int[0, 300], Gen.Byte).Sample(
            (written, at, value) =>
            {
                byte[] bytes = HelloCodec.Write(written);
                Hello read = HelloCodec.TryRead(bytes)!;
                Assert.True(bytes.AsSpan().SequenceEqual(HelloCodec.Write(read)));
                for (int length = 0; length < bytes.Length; length++)
                    HelloCodec.TryRead(bytes.AsSpan(0, length));

                bytes[at % bytes.Length] = value;
                HelloCodec.TryRead(bytes);
            },
            iter: 500,
            threads: 1);
    }

    private static string Alter(string text, int place, char unit) =>
        text.Length == 0
            ? ""
            : string.Concat(text.AsSpan(0, place % text.Length), [unit], text.AsSpan((place % text.Length) + 1));

    private static string Cut(string text, int length) => text[..Math.Min(length, text.Length)];
}
