using System.Text.Json.Nodes;
using KvpRpc.Transports;

namespace KvpRpc.Interop.Tests;

/// <summary>Gives a program that speaks lines of JSON the tables of a VM.</summary>
internal sealed class TableBridge(IKvpTransport transport) : IAsyncDisposable
{
    /// <summary>Does what a line asks for.</summary>
    internal async Task<JsonObject> AnswerAsync(JsonNode question)
    {
        JsonObject answer = new() { ["id"] = (int)question["id"]! };
        switch ((string)question["ask"]!)
        {
            case "read":
                answer["items"] = await ReadAsync(transport.ReadPeerTableAsync);
                break;
            case "readOwn":
                answer["items"] = await ReadAsync(transport.ReadOwnTableAsync);
                break;
            default:
                answer["outcomes"] = await WriteAsync(question["items"]!.AsArray());
                break;
        }

        return answer;
    }

    public ValueTask DisposeAsync() => transport.DisposeAsync();

    private static async Task<JsonArray> ReadAsync(Func<IKvpItemVisitor, CancellationToken, ValueTask> read)
    {
        Visitor visitor = new();
        try
        {
            await read(visitor, CancellationToken.None);
        }
        catch (KvpTransportException)
        {
            // What was shown is true; a peer concludes nothing from what was not.
        }

        return visitor.Items;
    }

    private async Task<JsonArray> WriteAsync(JsonArray items)
    {
        List<KvpItemWrite> batch =
        [
            .. items.Select(item => new KvpItemWrite((string)item![0]!)
            {
                Value = ((string?)item[1]).AsMemory(),
                IsDelete = item[1] is null,
            }),
        ];
        foreach (KvpItemWrite[] part in batch.Chunk(transport.Limits.MaxItemsPerBatch))
        {
            try
            {
                await transport.WriteAsync(part, CancellationToken.None);
            }
            catch (KvpTransportException)
            {
                foreach (KvpItemWrite write in part)
                    write.Outcome = KvpWriteOutcome.Refused;
            }
        }

        return new([.. batch.Select(write => (JsonNode)NameOf(write.Outcome))]);
    }

    private static string NameOf(KvpWriteOutcome outcome) => outcome switch
    {
        KvpWriteOutcome.Landed => "landed",
        KvpWriteOutcome.Refused => "failed",
        _ => "unknown",
    };

    private sealed class Visitor : IKvpItemVisitor
    {
        internal JsonArray Items { get; } = [];

        public void Visit(ReadOnlySpan<char> key, ReadOnlySpan<char> value) =>
            Items.Add((JsonNode)new JsonArray(key.ToString(), value.ToString()));
    }
}
