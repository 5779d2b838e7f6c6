const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A line of NGINX's access log in the combined format; `time` is epoch ms, and its milliseconds are not told. */
export function nginxLine (number: number, time: number): string {
  const [date = '', clock] = new Date(time).toISOString().slice(0, 19).split('T')
  const [year, month, day] = date.split('-')
  return `10.0.0.1 - - [${day}/${months[Number(month) - 1]}/${year}:${clock} +0000] "GET /v1/orders/${number} HTTP/1.1" 200 7 "-" "curl/8.1"`
}
