using System.Text.Json;
using KvpRpc.Cli.Decode;
using KvpRpc.Cli.Keys;
using KvpRpc.Sealing;

namespace KvpRpc.Cli.Tests.Decode;

/// <summary>What a peer has sealed is its own choice: whatever it is, the tool explains it or says where it
/// breaks.</summary>
public sealed class FrameExplainerTests
{
    private const int Mutations = 20_000;

    [Fact]
    public void Every_frame_of_the_vectors_is_explained_and_every_refused_one_is_called_broken()
    {
        JsonElement file = VectorTexts.Read("frames.json");
        Assert.All(file.GetProperty("frames").EnumerateArray(), frame =>
        {
            (List<string> lines, ByteWalk walk) = Explain(Bytes(frame));
            Assert.Null(walk.Fault);
            Assert.Single(lines);
        });
        Assert.All(
            file.GetProperty("refused").EnumerateArray(), frame => Assert.NotNull(Explain(Bytes(frame)).Walk.Fault));
    }

    [Fact]
    public void Every_message_of_the_vectors_is_explained_as_one_of_a_call()
    {
        foreach (JsonElement message in VectorTexts.Read("calls.json").GetProperty("messages").EnumerateArray())
        {
            ByteWalk walk = new(Bytes(message));
            string line = new CallExplainer(walk).Explain(isWhole: true);
            Assert.Null(walk.Fault);
            Assert.StartsWith(message.GetProperty("kind").GetString()!, line, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(0, walk.Left);
        }
    }

    [Fact]
    public void Frames_near_those_of_the_vectors_are_explained_or_broken_and_each_byte_is_named_once()
    {
        byte[][] frames =
        [
            .. VectorTexts.Read("frames.json").GetProperty("frames").EnumerateArray().Select(Bytes),
            .. VectorTexts.Read("calls.json").GetProperty("messages").EnumerateArray().Select(Bytes)
                .Where(message => message.Length < 100)
                .Select(message => (byte[])[0x12, (byte)(message.Length + 1), 0, .. message]),
        ];
        Random random = new(1);
        for (int i = 0; i < Mutations; i++)
        {
            byte[] bytes = [.. frames[random.Next(frames.Length)], .. frames[random.Next(frames.Length)]];
            for (int change = random.Next(1, 4); change > 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0)
                bytes = bytes[..random.Next(bytes.Length)];
            (List<string> lines, ByteWalk walk) = Explain(bytes);
            int end = 0;
            foreach (Part part in walk.Finish())
            {
                Assert.Equal(end, part.Offset);
                end += part.Count;
            }

            Assert.Equal(bytes.Length, end);
            Assert.DoesNotContain(lines, line => line.Any(char.IsControl));
        }
    }

    [Fact]
    public void Values_of_any_bytes_are_shown_or_called_none()
    {
        Random random = new(2);
        for (int i = 0; i < Mutations; i++)
        {
            byte[] bytes = new byte[random.Next(1, 40)];
            random.NextBytes(bytes);
            if (random.Next(2) == 0)
                bytes[0] = (byte)(0xC0 + random.Next(32));
            Assert.DoesNotContain(ValueText.Of(bytes), char.IsControl);
        }
    }

    private static (List<string> Lines, ByteWalk Walk) Explain(byte[] bytes)
    {
        using LinkRecord link = new(LinkSecrets.Derive(new byte[32], new byte[32], new byte[32]));
        ByteWalk walk = new(bytes);
        return (new FrameExplainer(walk, link, fromHost: true).Explain(), walk);
    }

    private static byte[] Bytes(JsonElement entry) => Convert.FromHexString(entry.GetProperty("bytes").GetString()!);
}
