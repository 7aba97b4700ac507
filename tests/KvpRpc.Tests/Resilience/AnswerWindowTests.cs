using CsCheck;
using KvpRpc.Links;
using KvpRpc.Resilience;

namespace KvpRpc.Tests.Resilience;

/// <summary>What the window of answers keeps, and for how long.</summary>
public sealed class AnswerWindowTests
{
    private static readonly RpcDedupeOptions Small = new()
    {
        MaxAnswers = 4,
        MaxBytes = 100,
        KeepFor = TimeSpan.FromSeconds(10),
    };

    private static TimeSpan Now(int seconds) => TimeSpan.FromSeconds(seconds);

    [Fact]
    public async Task An_answer_is_given_to_who_comes_later_and_to_who_waits()
    {
        AnswerWindow window = new(Small);
        RememberedAnswer place = window.Enter(Key(1), Now(0), out _)!;
        Assert.Null(window.Enter(Key(1), Now(0), out Task<byte[]?>? waiting));
        Assert.False(waiting!.IsCompleted);
        window.Complete(place, [7, 8], Now(0));
        Assert.Equal([7, 8], await waiting);
        Assert.Null(window.Enter(Key(1), Now(9), out Task<byte[]?>? later));
        Assert.Equal([7, 8], await later!);
    }

    [Fact]
    public async Task Who_waits_for_a_call_that_ends_without_an_answer_may_run_it()
    {
        AnswerWindow window = new(Small);
        RememberedAnswer place = window.Enter(Key(1), Now(0), out _)!;
        window.Enter(Key(1), Now(0), out Task<byte[]?>? waiting);
        window.Leave(place);
        Assert.Null(await waiting!);
        Assert.NotNull(window.Enter(Key(1), Now(0), out _));
    }

    [Fact]
    public async Task An_answer_over_the_bytes_is_given_to_who_waits_but_not_kept()
    {
        AnswerWindow window = new(Small);
        RememberedAnswer place = window.Enter(Key(1), Now(0), out _)!;
        window.Enter(Key(1), Now(0), out Task<byte[]?>? waiting);
        window.Complete(place, new byte[101], Now(0));
        Assert.Equal(101, (await waiting!)!.Length);
        Assert.Equal((0, 0), (window.Count, window.KeptBytes));
        Assert.NotNull(window.Enter(Key(1), Now(0), out _));
    }

    [Fact]
    public void Methods_and_ids_and_streams_do_not_mix()
    {
        AnswerWindow window = new(Small);
        AnswerKey[] keys =
        [
            new("a", new(1, 2), string.Empty),
            new("b", new(1, 2), string.Empty),
            new("a", new(1, 3), string.Empty),
            new("a", new(2, 2), string.Empty),
            new("a", default, "01"),
        ];
        Assert.All(keys, key => Assert.NotNull(window.Enter(key, Now(0), out _)));
    }

    [Fact]
    public void What_is_kept_is_the_newest_within_all_bounds() =>
        Gen.Select(Gen.Int[0, 60], Gen.Int[0, 4]).Array[0, 40].Sample(calls =>
        {
            AnswerWindow window = new(Small);
            List<(int Call, int Bytes, int Second)> kept = [];
            int second = 0;
            for (int i = 0; i < calls.Length; i++)
            {
                (int bytes, int seconds) = calls[i];
                second += seconds;
                window.Complete(window.Enter(Key(i), Now(second), out _)!, new byte[bytes], Now(second));
                kept.Add((i, bytes, second));
                kept.RemoveAll(answer => answer.Second + 10 <= second);
                while (kept.Count > 4 || kept.Sum(answer => answer.Bytes) > 100)
                    kept.RemoveAt(0);
                Assert.Equal((kept.Count, kept.Sum(answer => answer.Bytes)), (window.Count, window.KeptBytes));
            }

            foreach ((int call, int bytes, _) in kept)
            {
                Assert.Null(window.Enter(Key(call), Now(second), out Task<byte[]?>? answer));
                Assert.Equal(bytes, answer!.GetAwaiter().GetResult()!.Length);
            }
        });

    private static AnswerKey Key(int call) => new("a", new KvpStreamId(1, (ulong)call), string.Empty);
}
